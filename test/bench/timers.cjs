'use strict';
// Loaded into a running extension host: notes each timer under a second that our extension starts from then on.
const fs = require('node:fs');
const path = require('node:path');
const timers = require('node:timers');
const { isMainThread, threadId } = require('node:worker_threads');

const dir = process.env.BENCH_TIMERS_DIR;
const ours = process.env.BENCH_TIMERS_MATCH ?? 'claudetask.claudetask-';
if (dir) {
  const file = path.join(dir, `${process.pid}-${isMainThread ? 0 : threadId}.jsonl`);
  const note = (kind, delay) => {
    if (delay >= 1000) return;
    const frame = (new Error().stack ?? '').split('\n').find((line) => line.includes(ours));
    if (frame !== undefined)
      fs.appendFileSync(file, `${JSON.stringify({ at: Date.now(), kind, delay: delay ?? 0, frame: frame.trim() })}\n`);
  };
  for (const kind of ['setTimeout', 'setInterval']) {
    const real = timers[kind];
    const noted = Object.assign(function (body, delay, ...rest) {
      note(kind, Number(delay ?? 0));
      return Reflect.apply(real, this, [body, delay, ...rest]);
    }, real);
    timers[kind] = noted;
    globalThis[kind] = noted;
  }
}
