import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import type { OperationInput } from '../../../src/protocol/operations.ts';
import { agent, ann, bob, openBench, refused } from './rig.ts';

const base64 = (content: string | Uint8Array) => Buffer.from(content).toString('base64');
const saved = (path: string, content: string | null, more: Partial<OperationInput<'document.record'>> = {}) =>
  ({ path, kind: 'agent', content: content === null ? null : base64(content), cause: 'outside', ...more }) as const;

describe('recording a document', () => {
  test('keeps each content as a version with who, when and why', async () => {
    using bench = await openBench();
    assert.deepEqual(bench.call('document.record', saved('.claude/agents/x.md', 'one')), { revision: 1, version: 1, recorded: true });
    bench.call('document.record', saved('.claude/agents/x.md', 'two', { cause: 'editor', note: 'typed' }), { actor: agent });
    const { document, versions } = bench.call('document.versions', { path: '.claude/agents/x.md' });
    assert.deepEqual(
      versions.map(({ version, bytes, actor, cause, note }) => ({ version, bytes, actor, cause, note })),
      [
        { version: 2, bytes: 3, actor: agent, cause: 'editor', note: 'typed' },
        { version: 1, bytes: 3, actor: ann, cause: 'outside', note: null },
      ],
    );
    assert.equal(document.version, 2);
    assert.equal(document.hash, createHash('sha256').update('two').digest('hex'));
    assert.ok(document.createdAt < document.savedAt);
    assert.equal(bench.call('document.version', { path: '.claude/agents/x.md', version: 1 }).content, base64('one'));
  });

  test('gives back every byte, also of what is no text', async () => {
    using bench = await openBench();
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 37) % 256);
    bench.call('document.record', { ...saved('a.md', ''), content: base64(bytes) });
    assert.equal(bench.call('document.version', { path: 'a.md', version: 1 }).content, base64(bytes));
  });

  test('of what the newest version has already writes nothing and burns no revision', async () => {
    using bench = await openBench();
    bench.call('document.record', saved('a.md', 'one'));
    assert.deepEqual(bench.call('document.record', saved('a.md', 'one')), { revision: 1, version: 1, recorded: false });
    assert.equal(bench.events.length, 1);
    assert.equal(bench.add('Next').id, 1);
    assert.equal(bench.events.at(-1)?.revision, 2);
  });

  test('keeps a content once, however many files and versions have it', async () => {
    using bench = await openBench();
    for (const path of ['a.md', 'b.md']) bench.call('document.record', saved(path, 'same'));
    bench.call('document.record', saved('a.md', 'other'));
    bench.call('document.record', saved('a.md', 'same'));
    assert.equal(bench.sql.prepare<{ n: number }>('SELECT count(*) AS n FROM document_content').get()?.n, 2);
    assert.equal(bench.call('document.version', { path: 'a.md', version: 3 }).content, base64('same'));
  });

  test('keeps a deletion as a version, and what was there before it', async () => {
    using bench = await openBench();
    bench.call('document.record', saved('a.md', 'one'));
    bench.call('document.record', saved('a.md', null, { cause: 'delete' }));
    assert.equal(bench.call('document.record', saved('a.md', null)).recorded, false);
    assert.deepEqual(
      bench.call('document.list', { deleted: true }).documents.map(({ path, version, hash }) => ({ path, version, hash })),
      [{ path: 'a.md', version: 2, hash: null }],
    );
    assert.equal(bench.call('document.version', { path: 'a.md', version: 2 }).content, null);
    assert.equal(bench.call('document.version', { path: 'a.md', version: 1 }).content, base64('one'));
    assert.equal(bench.call('document.record', saved('a.md', 'one')).version, 3);
  });

  test('of a deletion of what was never known records nothing', async () => {
    using bench = await openBench();
    assert.deepEqual(bench.call('document.record', saved('a.md', null)), { revision: 0, version: 0, recorded: false });
    assert.deepEqual(bench.call('document.list', {}).documents, []);
  });

  test('tells everyone which versions there are, and no tasks', async () => {
    using bench = await openBench();
    bench.call('document.record', saved('a.md', 'one'));
    bench.call('document.recordMany', { documents: [saved('a.md', null), saved('b.md', 'two', { kind: 'rule' }), saved('c.md', null)] });
    assert.deepEqual(bench.events.at(-1), {
      revision: 2,
      name: 'document.recordMany',
      body: {
        actor: ann,
        tasks: [],
        documents: [
          { path: 'a.md', kind: 'agent', version: 2, deleted: true },
          { path: 'b.md', kind: 'rule', version: 1, deleted: false },
        ],
      },
    });
  });

  test('twice under one request id is answered twice and done once', async () => {
    using bench = await openBench();
    const requestId = randomUUID();
    const first = bench.call('document.record', saved('a.md', 'one'), { requestId });
    bench.call('document.record', saved('a.md', 'two'));
    assert.deepEqual(bench.call('document.record', saved('a.md', 'one'), { requestId }), first);
    bench.reopen();
    const replayed = bench.dispatcher.replay(requestId);
    assert.deepEqual(replayed?.value, first);
    assert.deepEqual(replayed?.event?.body.documents, [{ path: 'a.md', kind: 'agent', version: 1, deleted: false }]);
    assert.equal(bench.call('document.versions', { path: 'a.md' }).versions.length, 2);
  });

  test('is not what undo takes back, before and after a restart', async () => {
    using bench = await openBench();
    bench.add('First');
    bench.call('document.record', saved('a.md', 'one'));
    bench.call('task.undo', {});
    bench.call('task.redo', {});
    bench.call('document.record', saved('a.md', 'two'));
    bench.reopen();
    assert.equal(bench.call('task.undo', {}).label, 'Create #1');
    refused('undo.nothing', () => bench.call('task.undo', {}));
  });

  test('is refused above 4 MiB with the limit, and keeps nothing', async () => {
    using bench = await openBench();
    const most = Buffer.alloc(4 * 1024 * 1024, 'x');
    assert.equal(bench.call('document.record', { ...saved('a.md', ''), content: most.toString('base64') }).recorded, true);
    const larger = Buffer.concat([most, Buffer.from('y')]).toString('base64');
    const error = refused('file.tooLarge', () =>
      bench.call('document.recordMany', { documents: [saved('b.md', 'fits'), { ...saved('a.md', ''), content: larger }] }),
    );
    assert.equal(error.details['limit'], 4 * 1024 * 1024);
    assert.deepEqual(
      bench.call('document.list', {}).documents.map(({ path, version }) => ({ path, version })),
      [{ path: 'a.md', version: 1 }],
    );
  });

  test('takes no content that is not base64', async () => {
    using bench = await openBench();
    for (const content of ['a', 'ab=c', 'YQ', 'YR==', 'Y Q=', '????'])
      refused('input.invalid', () => bench.call('document.record', { ...saved('a.md', ''), content }));
  });

  test('takes each file by one path only', async () => {
    using bench = await openBench();
    const wrong = ['', '/etc/x', './a', 'a/../b', 'a//b', 'a/', '..', '../..', '~/../x', '~/', 'a\\b', 'C:/x', 'a\nb', '../../', 'a/./b'];
    for (const path of wrong) refused('input.invalid', () => bench.call('document.record', saved(path, 'x')));
    for (const path of ['a', '../a', '../../a/b.md', '~/.claude/x', '.claude/a b.md', '..a/b', '~x'])
      assert.equal(bench.call('document.record', saved(path, 'x')).recorded, true, path);
  });
});

describe('the list of documents', () => {
  test('is paged, and filtered by kind, prefix and whether they are deleted', async () => {
    using bench = await openBench();
    const paths = Array.from({ length: 25 }, (_, i) => `.claude/agents/a${String(i).padStart(2, '0')}.md`);
    bench.call('document.recordMany', {
      documents: [...paths.map((path) => saved(path, path)), saved('CLAUDE.md', 'x', { kind: 'instructions' })],
    });
    bench.call('document.record', saved(paths[3]!, null));
    const found: string[] = [];
    for (let after = ''; ;) {
      const page = bench.call('document.list', { kind: 'agent', deleted: false, prefix: '.claude/', limit: 10, after }).documents;
      if (page.length === 0) break;
      found.push(...page.map(({ path }) => path));
      after = found.at(-1)!;
    }
    assert.deepEqual(
      found,
      paths.filter((path) => path !== paths[3]),
    );
    assert.deepEqual(
      bench.call('document.list', { prefix: 'CLAUDE' }).documents.map(({ path }) => path),
      ['CLAUDE.md'],
    );
    assert.equal(bench.call('document.list', {}).documents.length, 26);
  });

  test('of versions goes back page by page', async () => {
    using bench = await openBench();
    for (let i = 1; i <= 7; i++) bench.call('document.record', saved('a.md', `content ${i}`), { actor: bob });
    const page = (beforeVersion?: number) =>
      bench
        .call('document.versions', { path: 'a.md', limit: 3, ...(beforeVersion === undefined ? {} : { beforeVersion }) })
        .versions.map(({ version }) => version);
    assert.deepEqual([page(), page(5), page(2)], [[7, 6, 5], [4, 3, 2], [1]]);
  });

  test('knows nothing of a file that was never recorded, and says so', async () => {
    using bench = await openBench();
    refused('document.notFound', () => bench.call('document.versions', { path: 'a.md' }));
    bench.call('document.record', saved('a.md', 'x'));
    refused('document.notFound', () => bench.call('document.version', { path: 'a.md', version: 2 }));
  });
});

describe('the audit log', () => {
  test('covers recorded versions', async () => {
    using bench = await openBench();
    bench.add('Task');
    bench.call('document.recordMany', { documents: [saved('a.md', 'one'), saved('b.md', 'two')] });
    bench.call('document.record', saved('a.md', null));
    assert.deepEqual(await bench.maintain('audit.verify', {}), { rows: 3, problems: [] });
  });

  test('finds a version that was changed, removed or added from outside', async () => {
    for (const [sql, kind] of [
      ["UPDATE document_version SET hash = 'x' WHERE version = 1", /recorded was changed or removed/],
      ['DELETE FROM document_version WHERE version = 1', /recorded was changed or removed/],
      [
        "INSERT INTO document_version (document_id, version, hash, saved_at, actor_kind, actor_name, cause) VALUES (1, 9, 'x', 1, 'user', 'eve', 'editor')",
        /1 more versions of files/,
      ],
    ] as const) {
      using bench = await openBench();
      bench.call('document.record', saved('a.md', 'one'));
      bench.call('document.record', saved('a.md', 'two'));
      bench.sql.exec(sql);
      const { problems } = await bench.maintain('audit.verify', {});
      assert.equal(problems[0]?.kind, 'edited', sql);
      assert.match(problems[0].message, kind);
    }
  });
});
