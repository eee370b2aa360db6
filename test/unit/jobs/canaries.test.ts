import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { assertNoSecrets } from '../../rig/canaries.ts';
import { canary } from '../../rig/sites/switches.ts';
import { tempWorkspace } from '../../rig/tempWorkspace.ts';

test('the search that all job tests end with finds a secret in a file and in a message, and leaves a browser’s profile alone', async () => {
  await using place = await tempWorkspace({ 'runs/1/log.ndjson': '{}', 'profiles/job/Cookies': canary.cookie });
  assertNoSecrets(place.folder, 'profiles', ['Opened 127.0.0.1/rfis']);
  assert.throws(() => assertNoSecrets(place.folder, 'profiles', [`Bearer ${canary.token}`]), /said/);
  fs.appendFileSync(place.file('runs/1/log.ndjson'), `\0${canary.password}`);
  assert.throws(() => assertNoSecrets(place.folder, 'profiles'), /log\.ndjson/);
});
