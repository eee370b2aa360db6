// Runs inside the real extension host: VS Code calls `run` of the module that extensionTestsPath names.
import fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { run as runTests } from 'node:test';
import { spec, tap } from 'node:test/reporters';
import v8 from 'node:v8';
import { endOfHostTests } from './hostEnd.ts';

type TestEvent = {
  type: string;
  data: { name?: string; nesting?: number; details?: { type?: string; error?: unknown }; message?: string };
};

/** Runs the bundled test files that CLAUDETASK_HOST_TESTS lists; rejects when one fails. Reports go to the files it names. */
export async function run(): Promise<void> {
  const { files, results } = JSON.parse(process.env['CLAUDETASK_HOST_TESTS'] ?? '{}') as { files: string[]; results: string };
  const end = path.join(__dirname, 'hostEnd.process.cjs');
  // In this process: here, and nowhere else, is the `vscode` module. @types/node 20 does not know `isolation`; the host is newer.
  const options: object = { files: [...files, end], isolation: 'none', concurrency: false, timeout: 120_000 };
  const events: TestEvent[] = [];
  for await (const event of runTests(options) as AsyncIterable<TestEvent>) {
    if (event.data?.name === endOfHostTests) {
      if (event.type === 'test:pass') break;
    } else events.push(event);
  }
  const count = (type: string) => events.filter((event) => event.type === type && event.data.details?.type !== 'suite').length;
  const [passed, failed] = [count('test:pass'), count('test:fail')];
  for (const message of [`tests ${passed + failed}`, `pass ${passed}`, `fail ${failed}`])
    events.push({ type: 'test:diagnostic', data: { nesting: 0, message } });
  fs.writeFileSync(`${results}.tap`, await text(Readable.from(tap(Readable.from(events) as never))));
  fs.writeFileSync(`${results}.txt`, await text(Readable.from(events).pipe(new spec())));
  if (process.env['NODE_V8_COVERAGE']) v8.takeCoverage();
  if (failed > 0) throw new Error(`${failed} tests failed`);
}
