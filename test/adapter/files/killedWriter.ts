/**
 * Replaces files for ever, as our writer does where others write too, until it is killed: `node … FIRST MOMENT FILE …`. Each content is a
 * number, higher than the one before. With a MOMENT above 0 it kills itself in the middle of the exchange of that number.
 */
import fs from 'node:fs';
import { exchangeGuarded } from '../../../src/files/exchange.ts';
import { nameBeside } from '../../../src/files/temporary.ts';

const [first, moment, ...files] = process.argv.slice(2);
let left = Number(moment);
const { linkSync } = fs;
fs.linkSync = (from, to) => {
  if (--left === 0) process.kill(process.pid, 'SIGKILL');
  linkSync(from, to);
};

for (let content = Number(first); ; content++) {
  for (const file of files) {
    const source = nameBeside(file, 'tmp');
    fs.writeFileSync(source, `${content}\n`);
    const exchanged = exchangeGuarded(file, source);
    if (exchanged.kind === 'placed') fs.unlinkSync(exchanged.aside);
  }
  if (content === Number(first)) process.send?.({ ready: true });
}
