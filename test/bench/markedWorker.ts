// The storage thread of the product that says when the disk has what it wrote: from then on a change is made, and its event is due.
import fs from 'node:fs';
import { BroadcastChannel } from 'node:worker_threads';
// oxlint-disable-next-line import/no-unassigned-import -- it begins by being loaded
import '../../src/storage/worker.ts';
import { microseconds, marksChannel } from './serverSubject.ts';

const marks = new BroadcastChannel(marksChannel);
marks.unref();
const flush = fs.fdatasyncSync;
fs.fdatasyncSync = (fd) => {
  flush(fd);
  marks.postMessage(microseconds());
};
