import { execFile, spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { eventually } from './eventually.ts';

const run = promisify(execFile);
// npm runs every script in the root of the repository.
const root = process.cwd();
const hostFolder = path.join(root, '.vscode-test', 'host');

/** Keeps the workbench quiet and steady. */
const quietSettings: Readonly<Record<string, unknown>> = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'editor.minimap.enabled': false,
  'window.dialogStyle': 'custom',
  'files.simpleDialog.enable': true,
  'git.openRepositoryInParentFolders': 'never',
};

export interface CodeServerOptions {
  /** The profile's folder; a fresh one that goes away at the end unless given. Short: a socket lives in it (107 bytes at most). */
  profile?: string;
  /** Ask for trust in a workspace, as VS Code does by itself; otherwise every folder is trusted. */
  workspaceTrust?: boolean;
  settings?: Readonly<Record<string, unknown>>;
  /** Settings that a workspace may not set, such as paths of programs. */
  machineSettings?: Readonly<Record<string, unknown>>;
  env?: Readonly<Record<string, string>>;
  /** Packaged extensions to install. */
  vsix?: readonly string[];
  /** Adds the probe, so that `Probe` can run code in the extension host. */
  probe?: boolean;
}

/** One private VS Code server with its own profile, home folder and extensions. */
export class CodeServer implements AsyncDisposable {
  readonly profile: string;
  /** Where probes announce themselves. */
  readonly probeFolder: string;
  #log = '';
  #child: ChildProcess | undefined;
  #port = 0;
  readonly #keep: boolean;
  readonly #env: NodeJS.ProcessEnv;
  readonly #args: readonly string[];

  private constructor(options: CodeServerOptions) {
    this.#keep = options.profile !== undefined;
    this.profile = options.profile ?? fs.mkdtempSync(path.join(os.tmpdir(), 'cs-'));
    this.probeFolder = path.join(this.profile, 'probe');
    const user = path.join(this.profile, 'data', 'User');
    for (const folder of [user, this.#extensions, path.join(this.profile, 'home'), this.probeFolder])
      fs.mkdirSync(folder, { recursive: true });
    // Without a file of its own code-server would use the one in the user's home.
    fs.writeFileSync(path.join(this.profile, 'config.yaml'), 'auth: none\ncert: false\n');
    const settings = { ...quietSettings, 'security.workspace.trust.enabled': options.workspaceTrust ?? false, ...options.settings };
    fs.writeFileSync(path.join(user, 'settings.json'), JSON.stringify(settings, null, 2));
    // A remote window takes settings of the machine from here only.
    if (options.machineSettings !== undefined) {
      const machine = path.join(this.profile, 'data', 'Machine');
      fs.mkdirSync(machine, { recursive: true });
      fs.writeFileSync(path.join(machine, 'settings.json'), JSON.stringify(options.machineSettings, null, 2));
    }
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(VSCODE_|CODE_SERVER|PASSWORD|NODE_OPTIONS|NODE_TEST|XDG_|ELECTRON_)/.test(name),
    );
    this.#env = {
      ...Object.fromEntries(inherited),
      HOME: path.join(this.profile, 'home'),
      EXTENSIONS_GALLERY: '{}',
      CLAUDETASK_PROBE_FOLDER: this.probeFolder,
      ...options.env,
    };
    const paths = [
      '--config',
      path.join(this.profile, 'config.yaml'),
      '--user-data-dir',
      path.join(this.profile, 'data'),
      '--extensions-dir',
      this.#extensions,
    ];
    const quiet = ['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override', '--reconnection-grace-time', '5'];
    this.#args = [...paths, ...quiet, ...(options.workspaceTrust ? [] : ['--disable-workspace-trust'])];
  }

  static async start(options: CodeServerOptions = {}): Promise<CodeServer> {
    const server = new CodeServer(options);
    try {
      for (const file of options.vsix ?? []) await server.install(file);
      if (options.probe) server.#addFolder(path.join(root, 'test', 'rig', 'probe'));
      await server.launch();
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  /** What the server printed. */
  get log(): string {
    return this.#log;
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error('the server is not running');
    return this.#child.pid;
  }

  get #extensions(): string {
    return path.join(this.profile, 'ext');
  }

  /** Starts the server on a free port of loopback; after `kill` on the same one, because a browser keeps a window's state by its origin. */
  async launch(): Promise<void> {
    this.#port ||= await freePort();
    const child = spawn(this.#node, [this.#entry, ...this.#args, '--auth', 'none', '--bind-addr', `127.0.0.1:${this.#port}`], {
      env: this.#env,
      cwd: this.profile,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: the server is a wrapper with children, and all of them must end together.
      detached: true,
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (this.#log += String(chunk)));
    await eventually(
      'code-server answers',
      async () => {
        if (child.exitCode !== null) throw new Error(`code-server ended early:\n${this.#log}`);
        return (await fetch(`http://127.0.0.1:${this.#port}/healthz`)).ok;
      },
      60_000,
    );
  }

  /** Installs a packaged extension through VS Code's command line. */
  async install(vsix: string): Promise<void> {
    const { stdout, stderr } = await run(this.#node, [this.#entry, ...this.#args, '--install-extension', path.resolve(vsix), '--force'], {
      env: this.#env,
      cwd: this.profile,
    });
    if (!/successfully installed/i.test(stdout)) throw new Error(`${vsix} was not installed: ${stdout}${stderr}`);
  }

  /** Address that opens a folder, a `.code-workspace` file, or nothing; `payload` is VS Code's own `[[key, value], …]`. */
  url(target?: string, payload?: readonly (readonly [string, string])[]): string {
    const query = new URLSearchParams(
      target === undefined ? { ew: 'true' } : { [target.endsWith('.code-workspace') ? 'workspace' : 'folder']: target },
    );
    if (payload) query.set('payload', JSON.stringify(payload));
    return `http://127.0.0.1:${this.#port}/?${query}`;
  }

  /** The URI by which the payload names a path of this host. */
  remoteUri(file: string): string {
    return `vscode-remote://127.0.0.1:${this.#port}${path.resolve(file)}`;
  }

  /** Text of an output channel, read from its file: the panel shows only the lines in view. */
  outputChannel(name: string): string {
    const files = fs.readdirSync(path.join(this.profile, 'data', 'logs'), { recursive: true, withFileTypes: true });
    const ours = files.filter((file) => file.isFile() && file.name.replace(/^\d+-/, '') === `${name}.log`);
    return ours.map((file) => fs.readFileSync(path.join(file.parentPath, file.name), 'utf8')).join('');
  }

  /** Ends every process of the server at once, without a chance to tidy up: the crash of a machine, seen from inside. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end('SIGTERM');
    if (!this.#keep) await fs.promises.rm(this.profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child?.pid === undefined) return;
    const group = -child.pid;
    const send = (name: NodeJS.Signals | 0) => {
      try {
        return process.kill(group, name);
      } catch {
        return false;
      }
    };
    send(signal);
    await eventually('the server ends', () => !send(0), 5000).catch(() => send('SIGKILL'));
    await eventually('the server is gone', () => !send(0), 5000);
  }

  /** Adds an unpacked extension by copying it. */
  #addFolder(folder: string): void {
    const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
      publisher: string;
      name: string;
      version: string;
    };
    const id = `${manifest.publisher}.${manifest.name}`;
    const name = `${id}-${manifest.version}`;
    const to = path.join(this.#extensions, name);
    fs.cpSync(folder, to, { recursive: true });
    // Once this list exists, only what it names is loaded.
    const list = path.join(this.#extensions, 'extensions.json');
    if (!fs.existsSync(list)) return;
    const rows = (JSON.parse(fs.readFileSync(list, 'utf8')) as { identifier: { id: string } }[]).filter((row) => row.identifier.id !== id);
    const added = {
      identifier: { id },
      version: manifest.version,
      location: { $mid: 1, path: to, scheme: 'file' },
      relativeLocation: name,
    };
    fs.writeFileSync(list, JSON.stringify([...rows, added]));
  }

  get #node(): string {
    return path.join(hostFolder, 'node24');
  }

  get #entry(): string {
    return path.join(hostFolder, 'node_modules', 'code-server', 'out', 'node', 'entry.js');
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}
