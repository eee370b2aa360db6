import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';
import { AppError } from '../../../src/core/appError.ts';
import type { ErrorCode } from '../../../src/core/appError.ts';
import { eventually } from '../../rig/eventually.ts';
import { bytes, disk, hash, text } from './rig.ts';
import type { Disk } from './rig.ts';

const code = (expected: ErrorCode) => (error: unknown) => AppError.is(error, expected);
/** Names in a folder: nothing of ours may be left. */
const names = (folder: string) => fs.readdirSync(folder).sort();

async function written(rig: Disk, file: string, content: string, expected: string | null): Promise<void> {
  const outcome = await rig.files.write(file, bytes(content), { expected: expected === null ? null : hash(expected) });
  assert.equal(outcome.kind, 'written');
}

describe('reading a file', () => {
  test('gives its bytes, hash, permissions and where it really is', async () => {
    await using rig = await disk({ 'repo/app/real.md': 'a\r\nb' });
    fs.chmodSync(rig.at('real.md'), 0o640);
    fs.symlinkSync('real.md', rig.at('link.md'));
    const view = await rig.files.read(rig.at('link.md'));
    assert.ok(view);
    const { bytes: content, modifiedAt, ...rest } = view;
    assert.equal(text(content), 'a\r\nb');
    assert.ok(Math.abs(modifiedAt - Date.now()) < 60_000);
    assert.deepEqual(rest, { path: rig.at('link.md'), hash: hash('a\r\nb'), mode: 0o640, isSymlink: true, realPath: rig.at('real.md') });
  });

  test('that is not there gives nothing, and one that is no file or too large says so', async () => {
    await using rig = await disk({ 'repo/app/a/b.md': 'x' });
    assert.equal(await rig.files.read(rig.at('no.md')), undefined);
    assert.equal(await rig.files.read(rig.at('a/b.md/c.md')), undefined);
    await assert.rejects(rig.files.read(rig.at('a')), code('file.unreadable'));
    fs.writeFileSync(rig.at('large.md'), Buffer.alloc(4 * 1024 * 1024 + 1));
    await assert.rejects(rig.files.read(rig.at('large.md')), code('file.tooLarge'));
    fs.symlinkSync('loop.md', rig.at('loop.md'));
    await assert.rejects(rig.files.read(rig.at('loop.md')), code('file.unreadable'));
  });
});

describe('writing a file', () => {
  test('replaces what the writer has seen, and leaves nothing else behind', async () => {
    await using rig = await disk({ 'repo/app/x.md': 'one' });
    await written(rig, rig.at('x.md'), 'two\r\nthree', 'one');
    assert.equal(rig.read(rig.at('x.md')), 'two\r\nthree');
    assert.deepEqual(names(rig.at('')), ['x.md']);
  });

  test('keeps the permissions, whatever the umask', async () => {
    await using rig = await disk({ 'repo/app/x.md': 'one' });
    fs.chmodSync(rig.at('x.md'), 0o666);
    const before = process.umask(0o077);
    try {
      await written(rig, rig.at('x.md'), 'two', 'one');
      await written(rig, rig.at('new.md'), 'new', null);
    } finally {
      process.umask(before);
    }
    assert.equal(fs.statSync(rig.at('x.md')).mode & 0o777, 0o666);
    assert.equal(fs.statSync(rig.at('new.md')).mode & 0o777, 0o600);
  });

  test('through a link writes the file it leads to, and keeps the link', async () => {
    await using rig = await disk({ 'repo/shared/x.md': 'one' });
    fs.symlinkSync('../shared/x.md', rig.at('x.md'));
    await written(rig, rig.at('x.md'), 'two', 'one');
    assert.equal(rig.read(rig.workspace.file('repo/shared/x.md')), 'two');
    assert.equal(fs.readlinkSync(rig.at('x.md')), '../shared/x.md');
    fs.symlinkSync('nowhere.md', rig.at('broken.md'));
    await assert.rejects(rig.files.write(rig.at('broken.md'), bytes('x'), { expected: null }), code('file.unreadable'));
  });

  test('makes a new one with its folders, and never over one that is there', async () => {
    await using rig = await disk();
    await written(rig, rig.at('.claude/agents/x.md'), 'mine', null);
    const outcome = await rig.files.write(rig.at('.claude/agents/x.md'), bytes('other'), { expected: null });
    assert.equal(outcome.kind, 'conflict');
    assert.equal(text(outcome.theirs!.bytes), 'mine');
    assert.equal(text(outcome.ours), 'other');
    assert.deepEqual(names(rig.at('.claude/agents')), ['x.md']);
  });

  test('that others have changed or removed since writes nothing and gives both contents', async () => {
    await using rig = await disk({ 'repo/app/x.md': 'theirs' });
    const changed = await rig.files.write(rig.at('x.md'), bytes('ours'), { expected: hash('seen') });
    assert.ok(changed.kind === 'conflict');
    assert.deepEqual([text(changed.theirs!.bytes), text(changed.ours)], ['theirs', 'ours']);
    const gone = await rig.files.write(rig.at('gone.md'), bytes('ours'), { expected: hash('seen') });
    assert.ok(gone.kind === 'conflict' && gone.theirs === undefined);
    assert.deepEqual(names(rig.at('')), ['x.md']);
  });

  test('of the content it has already touches nothing', async () => {
    await using rig = await disk({ 'repo/app/x.md': 'same' });
    const before = fs.statSync(rig.at('x.md'), { bigint: true });
    await written(rig, rig.at('x.md'), 'same', 'same');
    const after = fs.statSync(rig.at('x.md'), { bigint: true });
    assert.deepEqual([after.ino, after.mtimeNs], [before.ino, before.mtimeNs]);
  });

  test('by several at once in this process is done one after another, and only the first has seen the file', async () => {
    await using rig = await disk({ 'repo/app/x.md': 'start' });
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, i) => rig.files.write(rig.at('x.md'), bytes(`writer ${i}`), { expected: hash('start') })),
    );
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['written', ...Array.from({ length: 19 }, () => 'conflict')],
    );
    assert.equal(rig.read(rig.at('x.md')), 'writer 0');
  });

  test('is refused above 4 MiB, and where a folder has the name', async () => {
    await using rig = await disk({ 'repo/app/folder/x.md': 'x' });
    await assert.rejects(rig.files.write(rig.at('y.md'), new Uint8Array(4 * 1024 * 1024 + 1), { expected: null }), code('file.tooLarge'));
    const error = await rig.files.write(rig.at('folder/x.md/y.md'), bytes('x'), { expected: null }).catch((cause: unknown) => cause);
    assert.ok(AppError.is(error, 'file.io'));
    assert.match(error.message, /^Writing .* failed: /);
  });

  test('on which a reader looks all the time shows the old content or the new one, whole', async () => {
    await using rig = await disk({ 'repo/app/x.md': 'a'.repeat(50_000) });
    const file = rig.at('x.md');
    // An old file: nobody else is writing it.
    fs.utimesSync(file, new Date(0), new Date(0));
    let done = false;
    const contents = new Set<string>();
    const reader = (async () => {
      while (!done) {
        contents.add(await fs.promises.readFile(file, 'utf8'));
      }
    })();
    let last = 'a'.repeat(50_000);
    for (let i = 0; i < 50; i++) {
      const next = String.fromCharCode(98 + (i % 20)).repeat(50_000 + i);
      await written(rig, file, next, last);
      last = next;
    }
    done = true;
    await reader;
    for (const content of contents) assert.ok(content.length >= 50_000 && content === content.charAt(0).repeat(content.length));
  });
});

describe('a program that writes into a file as it is replaced', () => {
  test('finds what it wrote told as a late write', async () => {
    await using rig = await disk({ 'repo/app/x.md': 'one' });
    const found: string[] = [];
    rig.files.onDidFindLateWrite(({ path: file, bytes: content }) => found.push(`${path.basename(file)}: ${text(content)}`));
    const other = fs.openSync(rig.at('x.md'), 'r+');
    await written(rig, rig.at('x.md'), 'ours', 'one');
    fs.ftruncateSync(other);
    fs.writeSync(other, 'theirs, too late');
    fs.closeSync(other);
    await eventually('the late write', () => found.length > 0);
    assert.deepEqual(found, ['x.md: theirs, too late']);
    assert.equal(rig.read(rig.at('x.md')), 'ours');
  });
});

describe('moving a file', () => {
  test('keeps bytes and permissions, and makes the folder', async () => {
    await using rig = await disk({ 'repo/app/x.md': 'x\r\n' });
    fs.chmodSync(rig.at('x.md'), 0o600);
    assert.deepEqual(await rig.files.move(rig.at('x.md'), rig.at('sub/y.md'), hash('x\r\n')), { kind: 'moved' });
    assert.equal(rig.read(rig.at('sub/y.md')), 'x\r\n');
    assert.equal(fs.statSync(rig.at('sub/y.md')).mode & 0o777, 0o600);
    assert.deepEqual([names(rig.at('')), names(rig.at('sub'))], [['sub'], ['y.md']]);
  });

  test('never goes over another', async () => {
    await using rig = await disk({ 'repo/app/x.md': 'x', 'repo/app/y.md': 'y' });
    await assert.rejects(rig.files.move(rig.at('x.md'), rig.at('y.md'), hash('x')), code('file.exists'));
    assert.deepEqual([rig.read(rig.at('x.md')), rig.read(rig.at('y.md')), names(rig.at(''))], ['x', 'y', ['x.md', 'y.md']]);
  });

  test('changes the case of a name only', async () => {
    await using rig = await disk({ 'repo/app/reviewer.md': 'x' });
    assert.equal((await rig.files.move(rig.at('reviewer.md'), rig.at('Reviewer.md'), hash('x'))).kind, 'moved');
    assert.deepEqual(names(rig.at('')), ['Reviewer.md']);
  });

  test('that others have changed since is a conflict, and one that is gone is told', async () => {
    await using rig = await disk({ 'repo/app/x.md': 'theirs' });
    const outcome = await rig.files.move(rig.at('x.md'), rig.at('y.md'), hash('seen'));
    assert.ok(outcome.kind === 'conflict');
    assert.equal(text(outcome.theirs!.bytes), 'theirs');
    await assert.rejects(rig.files.move(rig.at('no.md'), rig.at('y.md'), hash('x')), code('file.notFound'));
    assert.deepEqual(names(rig.at('')), ['x.md']);
  });

  test('of a link moves the link, and it still leads there', async () => {
    await using rig = await disk({ 'repo/shared/x.md': 'x' });
    fs.symlinkSync('../shared/x.md', rig.at('x.md'));
    await rig.files.move(rig.at('x.md'), rig.at('deep/er/x.md'), hash('x'));
    assert.equal(rig.read(rig.at('deep/er/x.md')), 'x');
    assert.ok(fs.lstatSync(rig.at('deep/er/x.md')).isSymbolicLink());
    assert.deepEqual(names(rig.at('')), ['deep']);
  });
});

describe('removing a file', () => {
  test('removes what the caller has seen and nothing else', async () => {
    await using rig = await disk({ 'repo/app/x.md': 'x', 'repo/shared/real.md': 'real' });
    const stale = await rig.files.remove(rig.at('x.md'), hash('seen'));
    assert.ok(stale.kind === 'conflict' && text(stale.theirs!.bytes) === 'x');
    assert.equal((await rig.files.remove(rig.at('x.md'), hash('x'))).kind, 'removed');
    fs.symlinkSync('../shared/real.md', rig.at('link.md'));
    assert.equal((await rig.files.remove(rig.at('link.md'), hash('real'))).kind, 'removed');
    assert.equal(rig.read(rig.workspace.file('repo/shared/real.md')), 'real');
    await assert.rejects(rig.files.remove(rig.at('x.md'), hash('x')), code('file.notFound'));
    assert.deepEqual(names(rig.at('')), []);
  });
});
