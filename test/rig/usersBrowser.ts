import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { findChromium } from './ensurePrograms.mjs';
import { eventually } from './eventually.ts';

interface Target {
  id: string;
  type: string;
  url: string;
}

/** A browser that a user has started by hand with a debugging port, and with downloads that go to a folder of theirs. */
export class UsersBrowser implements AsyncDisposable {
  readonly endpoint: string;
  readonly downloads: string;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, endpoint: string, downloads: string) {
    this.#process = process;
    this.endpoint = endpoint;
    this.downloads = downloads;
  }

  static async start(folder: string, url: string): Promise<UsersBrowser> {
    const executable = findChromium();
    if (executable === undefined) throw new Error('There is no Chromium.');
    const [profile, downloads] = [path.join(folder, 'profiles', 'of-the-user'), path.join(folder, 'downloads')];
    fs.mkdirSync(path.join(profile, 'Default'), { recursive: true });
    fs.mkdirSync(downloads);
    const preferences = {
      download: { default_directory: downloads, prompt_for_download: false },
      savefile: { default_directory: downloads },
    };
    fs.writeFileSync(path.join(profile, 'Default/Preferences'), JSON.stringify(preferences));
    const args = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      url,
    ];
    const browser = spawn(executable, args, { stdio: 'ignore' });
    const port = await eventually(
      'the browser listens',
      () => fs.readFileSync(path.join(profile, 'DevToolsActivePort'), 'utf8').split('\n')[0],
    );
    return new UsersBrowser(browser, `http://127.0.0.1:${port}`, downloads);
  }

  get isAlive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** The tabs, by their addresses. */
  async tabs(): Promise<string[]> {
    return (await this.#targets()).map((one) => one.url).sort();
  }

  async #targets(): Promise<Target[]> {
    const all = (await (await fetch(`${this.endpoint}/json/list`)).json()) as Target[];
    return all.filter((one) => one.type === 'page');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.isAlive) return;
    const exit = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await exit;
  }
}
