import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { folderOf, foldersDownTo, isInside, relativePath, resolvePath, withSlashes } from '../../src/core/filePath.ts';

test('paths resolve as those of Node do', () => {
  const part = fc.constantFrom('..', '.', 'a', 'b c', '.claude', '', '...');
  fc.assert(
    fc.property(fc.array(part), fc.array(part), (folder, rest) => {
      const from = `/${folder.filter((name) => name !== '').join('/')}`;
      const to = rest.join('/');
      fc.pre(!to.startsWith('//') && !from.startsWith('//'));
      assert.equal(resolvePath(from, to), path.posix.resolve(from, to));
      const whole = path.posix.resolve(from);
      assert.equal(folderOf(whole), path.posix.dirname(whole));
      assert.equal(
        relativePath(whole, path.posix.resolve(from, to)).replace(/\/$/, ''),
        path.posix.relative(whole, path.posix.resolve(from, to)),
      );
    }),
  );
});

test('drives and shares are roots that nothing climbs above', () => {
  assert.equal(resolvePath('C:/work', '../../x.md'), 'C:/x.md');
  assert.equal(resolvePath('C:/work', 'D:/x.md'), 'D:/x.md');
  assert.equal(resolvePath('//server/share/a', '../../../x.md'), '//server/share/x.md');
  assert.equal(folderOf('C:/work'), 'C:/');
  assert.equal(relativePath('C:/a', 'D:/b'), 'D:/b');
  assert.equal(withSlashes('C:\\work\\a.md'), 'C:/work/a.md');
  assert.deepEqual(foldersDownTo('C:/work/app'), ['C:/', 'C:/work', 'C:/work/app']);
  assert.deepEqual(foldersDownTo('/'), ['/']);
});

test('a folder holds itself and what is below, not its neighbour', () => {
  assert.deepEqual(
    ['/a/b', '/a/b/c', '/a/bc', '/a'].map((one) => isInside('/a/b', one)),
    [true, true, false, false],
  );
  assert.ok(isInside('/', '/x'));
});
