import assert from 'node:assert/strict';
import * as os from 'node:os';
import { test } from 'node:test';
import { findPlaces } from '../../../src/files/places.ts';
import { tempWorkspace } from '../../rig/tempWorkspace.ts';

test('the repository is the nearest folder upwards that holds one, a worktree too', async () => {
  await using workspace = await tempWorkspace({
    'repo/.git/HEAD': '',
    'repo/app/src/x.ts': '',
    'repo/tree/.git': 'gitdir: elsewhere',
    'repo/tree/a/b': '',
  });
  assert.equal((await findPlaces(workspace.file('repo/app/src'))).repositoryRoot, workspace.file('repo'));
  assert.equal((await findPlaces(workspace.file('repo/tree/a'))).repositoryRoot, workspace.file('repo/tree'));
  assert.equal((await findPlaces(workspace.file('repo'))).repositoryRoot, workspace.file('repo'));
});

test('without a repository the folder stands for itself', async () => {
  await using workspace = await tempWorkspace({ 'app/x.ts': '' });
  const { folder, repositoryRoot } = await findPlaces(`${workspace.file('app')}/`);
  assert.deepEqual([folder, repositoryRoot], [workspace.file('app'), workspace.file('app')]);
});

test('CLAUDE_CONFIG_DIR replaces the folder in the home folder, unless it is empty', async () => {
  const home = os.homedir();
  assert.equal((await findPlaces('/', {})).claudeHome, `${home}/.claude`);
  assert.equal((await findPlaces('/', { CLAUDE_CONFIG_DIR: '' })).claudeHome, `${home}/.claude`);
  assert.equal((await findPlaces('/', { CLAUDE_CONFIG_DIR: '/srv/claude/' })).claudeHome, '/srv/claude');
});
