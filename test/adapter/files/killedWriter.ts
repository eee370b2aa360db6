/** Replaces files for ever, as our writer does, until it is killed: `node … FIRST FILE …`. Each content is a number, higher than the one before. */
import * as fs from 'node:fs';
import { exchangeGuarded } from '../../../src/files/exchange.ts';
import { nameBeside } from '../../../src/files/temporary.ts';

const [first, ...files] = process.argv.slice(2);
for (let content = Number(first); ; content++) {
  for (const file of files) {
    const source = nameBeside(file, 'tmp');
    fs.writeFileSync(source, `${content}\n`);
    const exchanged = exchangeGuarded(file, source);
    if (exchanged.kind === 'placed') fs.unlinkSync(exchanged.aside);
  }
  if (content === Number(first)) process.send?.({ ready: true });
}
