/**
 * Another program that edits one file, in all the ways that programs do: in place, truncated first or last, and by renaming. It knows
 * nothing of our writer. It goes on only when its last content is no longer the current one, so that whoever replaced that must have
 * known it, and reports each content once that is saved.
 */
import fs from 'node:fs';

const [file] = process.argv.slice(2);
let written = 0;
let last = '';
let stopping = false;

function content() {
  const id = `theirs ${++written}`;
  return `${id}\n${'x'.repeat(Math.floor(Math.random() * 3000))}\n${id}`;
}

function inPlace(text, flags) {
  let fd;
  try {
    fd = fs.openSync(file, flags);
  } catch {
    return false;
  }
  const half = Math.floor(text.length / 2);
  if (flags === 'r+') fs.ftruncateSync(fd);
  fs.writeSync(fd, text.slice(0, half));
  fs.writeSync(fd, text.slice(half));
  fs.fsyncSync(fd);
  fs.closeSync(fd);
  return true;
}

function byRename(text) {
  const temporary = `${file}.theirs`;
  fs.writeFileSync(temporary, text, { flush: true });
  fs.renameSync(temporary, file);
  return true;
}

function current() {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function edit() {
  if (stopping) {
    process.send({ done: true });
    process.disconnect();
    return;
  }
  const now = current();
  if (now !== undefined && now !== last) {
    const text = content();
    const way = Math.random();
    const saved = way < 0.3 ? inPlace(text, 'w') : way < 0.5 ? inPlace(text, 'r+') : byRename(text);
    if (saved) {
      last = text;
      process.send({ saved: text });
    }
  }
  if (Math.random() < 0.5) setImmediate(edit);
  else setTimeout(edit, Math.random() * 4);
}

process.on('message', () => (stopping = true));
edit();
