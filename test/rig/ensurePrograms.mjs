// What the tests need besides Node: a Chromium, and the sqlite3 program that reads our files as everybody else would.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** The executable, `CHROMIUM` first; undefined when there is none. */
export function findChromium() {
  return [process.env.CHROMIUM, ...places].find((file) => file && fs.existsSync(file));
}

function aptInstall(name, say) {
  const sudo = process.getuid?.() === 0 ? [] : ['sudo'];
  const apt = (...args) => {
    const command = [...sudo, 'apt-get', ...args];
    say(`${name} is missing. Running: ${command.join(' ')}`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    execFileSync(command[0], command.slice(1), { stdio: ['inherit', 'ignore', 'inherit'], env });
  };
  apt('update', '-qq');
  apt('install', '-qq', '-y', '--no-install-recommends', name);
}

const hasApt = () => fs.existsSync('/usr/bin/apt-get');

/** The executable; installs Debian's Chromium when there is none. */
export function ensureChromium(say = console.log) {
  const found = findChromium();
  if (found) return found;
  if (!hasApt())
    throw new Error(
      'There is no Chromium, and no apt-get to install one. Install Chromium or Chrome, or name it in the CHROMIUM variable.',
    );
  aptInstall('chromium', say);
  const installed = findChromium();
  if (!installed)
    throw new Error('apt-get reported success, but there is still no Chromium. Install it by hand, or name one in the CHROMIUM variable.');
  return installed;
}

/** Without apt-get the tests that want the sqlite3 program are skipped, and say so. */
export function ensureSqlite(say = console.log) {
  const onPath = (process.env.PATH ?? '').split(path.delimiter).some((folder) => fs.existsSync(path.join(folder, 'sqlite3')));
  if (!onPath && hasApt()) aptInstall('sqlite3', say);
}
