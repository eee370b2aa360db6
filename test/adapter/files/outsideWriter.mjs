/**
 * Another program that edits one file, in all the ways that programs do: in place, truncated first or last, and by renaming. It knows
 * nothing of our writer. Each content says on its second line which of ours its writer had read last. When told to stop it reports all
 * contents that it has saved but those that it has itself read again and replaced: whoever else has replaced them must have known them.
 *
 * `careful` saves as an editor does, durably, and waits until its last content is no longer the current one. `hasty` never waits for the
 * disk or the clock: it writes in bursts, also over its own contents, and makes a file anew that it does not find.
 */
import fs from 'node:fs';

const [file, manner] = process.argv.slice(2);
const isHasty = manner === 'hasty';
const longestBurst = 12;
/** How often it begins another burst although its last content is still the current one; it looks some fifty times a millisecond. */
const restlessness = 0.01;

const saved = new Set();
let written = 0;
let last = '';
let lastOfOurs = '';
let burst = 0;
let stopping = false;

function content() {
  const id = `theirs ${++written}`;
  return `${id}\n${lastOfOurs}\n${'x'.repeat(Math.floor(Math.random() * 3000))}\n${id}`;
}

/** Answers what was written over. Never truncates by opening: what was there would not be known. */
function inPlace(text, truncatesFirst) {
  const fd = fs.openSync(file, isHasty ? fs.constants.O_RDWR | fs.constants.O_CREAT : fs.constants.O_RDWR);
  const before = fs.readFileSync(fd, 'utf8');
  const half = Math.floor(text.length / 2);
  if (truncatesFirst) fs.ftruncateSync(fd);
  fs.writeSync(fd, text.slice(0, half), 0);
  fs.writeSync(fd, text.slice(half), half);
  if (!truncatesFirst) fs.ftruncateSync(fd, text.length);
  if (!isHasty) fs.fsyncSync(fd);
  fs.closeSync(fd);
  return before;
}

function byRename(text) {
  const temporary = `${file}.theirs`;
  fs.writeFileSync(temporary, text, { flush: !isHasty });
  fs.renameSync(temporary, file);
}

/** Answers what of the file was known and is replaced. */
function write(text, current) {
  const way = Math.random();
  if (way < 0.5) return inPlace(text, way < 0.3);
  byRename(text);
  return current;
}

function ifThere(work) {
  try {
    return work();
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  }
}

function edit() {
  const current = ifThere(() => fs.readFileSync(file, 'utf8'));
  if (current === undefined && !isHasty) return;
  const isOwn = current === last;
  if (isOwn && burst === 0 && (!isHasty || Math.random() > restlessness)) return;
  if (isHasty && burst === 0) burst = Math.ceil(Math.random() * longestBurst);
  if (current?.startsWith('ours ')) lastOfOurs = current.slice(0, current.indexOf('\n'));
  const text = content();
  ifThere(() => {
    saved.delete(write(text, current));
    saved.add(text);
    last = text;
  });
  if (burst > 0) burst--;
}

function live() {
  if (stopping) {
    process.send({ saved: [...saved] }, () => process.disconnect());
    return;
  }
  edit();
  if (isHasty || Math.random() < 0.5) setImmediate(live);
  else setTimeout(live, Math.random() * 4);
}

process.on('message', () => (stopping = true));
process.send({ ready: true });
live();
