import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';
import { verifyReport } from '../../../src/app/jobs/auditReport.ts';
import { AppError } from '../../../src/core/appError.ts';
import { ScriptedRunner } from '../../rig/scriptedRunner.ts';
import type { PlayedRun } from '../../rig/scriptedRunner.ts';
import { open, workspace } from '../store/rig.ts';
import { batch, draft, putJob, readingJob, rigEngine, runningHash } from './engineRig.ts';

const sha256 = (content: string) => createHash('sha256').update(content).digest('hex');

async function rig(play: (run: PlayedRun) => Promise<void>) {
  const place = workspace();
  const { store, ...rest } = await open(place.directory);
  const runner = new ScriptedRunner(play);
  const rigged = rigEngine({ runner, store, folder: place.directory });
  putJob(place.directory, 'rfis', readingJob());
  return {
    ...rigged,
    runner,
    store,
    folder: place.directory,
    at: (...parts: string[]) => path.join(place.directory, ...parts),
    /** A file that the run has made. */
    made(run: PlayedRun, name: string, content: string) {
      fs.writeFileSync(path.join(run.start.surroundings.runFolder, name), content);
    },
    /** Runs the script from start to end. */
    async run() {
      const { id } = await rigged.engine.start({ job: 'rfis' });
      await rigged.until(id, 'done');
      return id;
    },
    async [Symbol.asyncDispose]() {
      await rigged[Symbol.asyncDispose]();
      await rest[Symbol.asyncDispose]();
      place[Symbol.dispose]();
    },
  };
}

describe('a file that a run publishes', () => {
  test('is put into the workspace whole, with its SHA-256 in the log and among the files of the run', async () => {
    await using here = await rig(async (run) => {
      here.made(run, 'a.xer', 'one');
      assert.equal(await run.publish('a.xer', 'data/plan.xer'), undefined);
      run.end('done');
    });
    const id = await here.run();
    assert.equal(fs.readFileSync(here.at('data/plan.xer'), 'utf8'), 'one');
    const { files } = await here.store.call('job.run', { run: id });
    assert.deepEqual(files, [{ kind: 'download', path: 'data/plan.xer', bytes: 3, sha256: sha256('one') }]);
    const { entries } = await here.store.call('job.log', { run: id });
    assert.deepEqual(
      entries.map(({ kind, what, sha256: of }) => [kind, what, of]),
      [['publish', 'Write data/plan.xer', sha256('one')]],
    );
  });

  test('replaces, stands beside, or is refused, as the job says; the same content again is the same file', async () => {
    const answers: unknown[] = [];
    await using here = await rig(async (run) => {
      for (const [content, ifExists] of [
        ['new', 'replace'],
        ['newer', 'keep-both'],
        ['newest', 'fail'],
        ['newer', 'keep-both'],
        ['new', 'fail'],
      ] as const) {
        here.made(run, 'a.csv', content);
        answers.push((await run.publish('a.csv', 'out/a.csv', ifExists))?.code);
      }
      run.end('done');
    });
    fs.mkdirSync(here.at('out'));
    fs.writeFileSync(here.at('out/a.csv'), 'old');
    await here.run();
    assert.deepEqual(answers, [undefined, undefined, 'file.exists', undefined, undefined]);
    assert.deepEqual(fs.readdirSync(here.at('out')).sort(), ['a (1).csv', 'a.csv']);
    assert.equal(fs.readFileSync(here.at('out/a.csv'), 'utf8'), 'new');
    assert.equal(fs.readFileSync(here.at('out/a (1).csv'), 'utf8'), 'newer');
  });

  test('never leaves the workspace, whatever links and paths say, nor comes from outside the run', async () => {
    using outside = workspace();
    fs.writeFileSync(path.join(outside.directory, 'theirs.txt'), 'theirs');
    const answers: unknown[] = [];
    await using here = await rig(async (run) => {
      here.made(run, 'a.txt', 'ours');
      fs.symlinkSync(path.join(outside.directory, 'theirs.txt'), path.join(run.start.surroundings.runFolder, 'link.txt'));
      for (const to of [
        '.git/hooks/pre-commit',
        'hooks/pre-commit',
        '.claudetask/claudetask.db',
        'sub/.vscode/tasks.json',
        'link/a.txt',
        'file.txt',
        '../a.txt',
        'deep/../../a.txt',
      ])
        answers.push((await run.publish('a.txt', to))?.code);
      for (const from of ['link.txt', '../../claudetask.db', 'nothing.txt']) answers.push((await run.publish(from, 'taken.txt'))?.code);
      run.end('done');
    });
    fs.mkdirSync(here.at('.git/hooks'), { recursive: true });
    fs.symlinkSync(here.at('.git/hooks'), here.at('hooks'));
    fs.symlinkSync(outside.directory, here.at('link'));
    fs.symlinkSync(path.join(outside.directory, 'theirs.txt'), here.at('file.txt'));
    await here.run();
    assert.deepEqual(answers, [...Array<string>(10).fill('file.outside'), 'file.notFound']);
    assert.deepEqual(fs.readdirSync(outside.directory), ['theirs.txt']);
    assert.equal(fs.readFileSync(path.join(outside.directory, 'theirs.txt'), 'utf8'), 'theirs');
    assert.ok(!fs.existsSync(here.at('taken.txt')));
  });
});

describe('an export', () => {
  test('by a step holds what this run has read, and nothing of the runs before', async () => {
    await using here = await rig(async (run) => {
      await run.commit({ records: batch([draft(1), draft(2)]), entries: [] });
      run.end('done');
    });
    await here.run();
    here.runner.play = async (run) => {
      await run.commit({ records: batch([draft(2), draft(3, 'a "quoted", one')]), entries: [] });
      await run.export('rfis', 'data/rfis.csv');
      await run.export('rfis', 'data/rfis.json');
      assert.equal((await run.export('rfis', 'data/rfis.txt'))?.code, 'input.invalid');
      run.end('done');
    };
    await here.run();
    assert.equal(fs.readFileSync(here.at('data/rfis.csv'), 'utf8'), 'number,subject\r\n2,Subject 2\r\n3,"a ""quoted"", one"\r\n');
    assert.deepEqual(JSON.parse(fs.readFileSync(here.at('data/rfis.json'), 'utf8')), [
      { number: '2', subject: 'Subject 2' },
      { number: '3', subject: 'a "quoted", one' },
    ]);
  });

  test('of 100,000 records on demand is written in pages, without holding them all', async () => {
    const total = 100_000;
    await using here = await rig(async (run) => {
      for (let from = 0; from < total; from += 5000) {
        await run.commit({ records: batch(Array.from({ length: 5000 }, (_, i) => draft(from + i))), entries: [] });
      }
      run.end('done', { complete: ['rfis'] });
    });
    await here.run();
    let largest = 0;
    const call = here.store.call.bind(here.store);
    here.store.call = (async (name: 'job.records', input: never) => {
      const answer = await call(name, input);
      largest = Math.max(largest, answer.records.length);
      return answer;
    }) as typeof here.store.call;
    const {
      rows,
      path: to,
      sha256: of,
    } = await here.engine.exportRecords({ job: 'rfis', collection: 'rfis', to: 'all.ndjson', format: 'ndjson' });
    const text = fs.readFileSync(here.at(to), 'utf8');
    assert.deepEqual([rows, text.split('\n').length - 1, sha256(text)], [total, total, of]);
    assert.ok(largest <= 5000);
    assert.equal(new Set(text.split('\n')).size, total + 1);
  });
});

describe('the audit report', () => {
  async function report() {
    const here = await rig(async (run) => {
      const entry = {
        step: '0',
        kind: 'goto',
        what: 'Open <script>alert(1)</script>',
        where: '127.0.0.1/rfis',
        result: 'ok',
        at: 1000,
        ms: 5,
        count: 1,
      } as const;
      await run.commit({ records: batch([draft(1)]), entries: [{ ...entry, sha256: null, message: null }] });
      run.end('done', { complete: ['rfis'] });
    });
    const run = await here.run();
    await here.store.call('task.create', { title: 'Something else' });
    return { here, run, whole: here.at('all.ndjson'), part: here.at('run.ndjson') };
  }
  const problemsOf = (file: string) => verifyReport(fs.readFileSync(file, 'utf8'), runningHash).problems;

  test('verifies as it was made, in part and as a whole, by us and by the program in the documentation', async () => {
    const { here, run, whole, part } = await report();
    await using _ = here;
    const all = await here.engine.exportAudit({ to: whole });
    const one = await here.engine.exportAudit({ to: part, run });
    assert.ok(all.rows > one.rows && one.rows >= 4, `${all.rows} and ${one.rows} rows`);
    assert.deepEqual([problemsOf(whole), problemsOf(part)], [[], []]);
    const page = fs.readFileSync(all.html, 'utf8');
    assert.ok(page.includes('Open &lt;script&gt;') && !page.includes('<script>') && page.includes(all.sha256));
    const program = /```js\n([\s\S]*?)```/.exec(fs.readFileSync('docs/audit-report.md', 'utf8'))?.[1] ?? '';
    fs.writeFileSync(here.at('verify.mjs'), program);
    const verify = (file: string) => spawnSync(process.execPath, [here.at('verify.mjs'), file], { encoding: 'utf8' });
    for (const file of [whole, part]) assert.match(verify(file).stdout, /^\d+ rows, all as they were sealed/);
    fs.writeFileSync(part, fs.readFileSync(part, 'utf8').replace('Queue run', 'Begin run'));
    assert.equal(verify(part).status, 1);
  });

  test('shows an edit, a row that is missing, rows in another order, a cut end, and another head', async () => {
    const { here, whole } = await report();
    await using _ = here;
    await here.engine.exportAudit({ to: whole });
    const lines = fs.readFileSync(whole, 'utf8').trimEnd().split('\n');
    /** As somebody writes it who corrects the footer too. */
    const problems = (change: (rows: string[]) => void) => {
      const changed = lines.slice(0, -1);
      change(changed);
      const body = changed.map((line) => `${line}\n`).join('');
      const text = `${body}${JSON.stringify({ rows: changed.length - 1, sha256: sha256(body) })}\n`;
      return verifyReport(text, runningHash).problems.join('\n');
    };
    assert.equal(
      problems(() => {}),
      '',
    );
    assert.match(
      problems((rows) => (rows[2] = rows[2]?.replace('Begin', 'Began') ?? '')),
      /Row 2 was changed/,
    );
    assert.match(
      problems((rows) => rows.splice(2, 1)),
      /missing before row 3/,
    );
    assert.match(
      problems((rows) => rows.splice(1, 2, rows[2] ?? '', rows[1] ?? '')),
      /Row 1 stands behind row 2/,
    );
    assert.match(
      problems((rows) => rows.pop()),
      /The rows end with row/,
    );
    assert.match(
      problems((rows) => (rows[0] = rows[0]?.replace(/"hash":"[0-9a-f]{4}/, '"hash":"0000') ?? '')),
      /not the one that the header names/,
    );
    assert.match(verifyReport(lines.join('\n'), runningHash).problems.join('\n'), /cut off/);
    assert.match(verifyReport(`${lines.slice(0, 3).join('\n')}\n`, runningHash).problems.join('\n'), /footer/);
    assert.match(verifyReport('', runningHash).problems.join('\n'), /header/);
    await assert.rejects(here.engine.exportAudit({ to: here.at('x.txt') }), (error) => AppError.is(error, 'input.invalid'));
  });
});
