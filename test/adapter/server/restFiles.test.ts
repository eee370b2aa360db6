import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { restServer } from './restRig.ts';
import type { RestAnswer, RestRig } from './restRig.ts';

let rest: RestRig;
before(async () => {
  rest = await restServer();
});
after(() => rest[Symbol.asyncDispose]());

const refused = (answer: RestAnswer, status: number, code: string) =>
  assert.deepEqual([answer.status, answer.code], [status, code], answer.message);
const onDisk = (path: string) => fs.readFileSync(`${rest.rig.folder}/${path}`, 'utf8');

describe('CLAUDE.md', () => {
  const path = '/api/claude/config';

  test('is made once, read, and written by whoever has read it', async () => {
    refused(await rest.call('GET', path), 404, 'file.notFound');
    const made = await rest.call('PUT', path, { content: '# One\n' }, { 'if-none-match': '*' });
    assert.deepEqual([made.status, made.headers.get('location')], [201, path]);
    const read = await rest.call('GET', path);
    assert.equal(read.data.content, '# One\n');
    const tag = read.headers.get('etag')!;
    assert.equal(tag, made.headers.get('etag'));
    const known = await rest.fetch(path, { headers: { 'if-none-match': tag } });
    assert.deepEqual([known.status, await known.text()], [304, '']);
    const written = await rest.call('PUT', path, { content: '# Two\n' }, { 'if-match': tag });
    assert.deepEqual([written.status, written.headers.get('location')], [200, null]);
    assert.equal(onDisk('CLAUDE.md'), '# Two\n');

    const late = await rest.call('PUT', path, { content: '# Three\n' }, { 'if-match': tag });
    refused(late, 412, 'file.stale');
    assert.equal(late.data.content, '# Two\n');
    assert.equal(late.headers.get('etag'), written.headers.get('etag'));
    refused(await rest.call('PUT', path, { content: '# Three\n' }, { 'if-none-match': '*' }), 412, 'file.stale');
    refused(await rest.call('PUT', path, { content: '# Three\n' }), 428, 'input.invalid');
    assert.equal(onDisk('CLAUDE.md'), '# Two\n');
  });

  test('is recorded under the name of the client', async () => {
    const tag = (await rest.call('GET', path)).headers.get('etag')!;
    await rest.call('PUT', path, { content: '# Mine\n' }, { 'if-match': tag });
    const [newest] = (await rest.call('POST', '/api/operations/document.versions', { path: 'CLAUDE.md' })).data.versions;
    assert.deepEqual(newest.actor, { kind: 'client', name: 'a script' });
    assert.equal((await rest.call('GET', '/api/documents?kind=instructions')).data.documents[0].path, 'CLAUDE.md');
  });
});

describe('agents', () => {
  const content = '---\nname: reviewer\ndescription: Reviews.\n---\nReview.\n';

  test('are made, listed, read, written and deleted by the id that is answered', async () => {
    const made = await rest.call('POST', '/api/agents', { scope: 'project', file: 'team/reviewer.md', content });
    assert.equal(made.status, 201);
    const place = made.headers.get('location')!;
    assert.equal(place, `/api/agents/${made.data.id}`);
    const [listed] = (await rest.call('GET', '/api/agents')).data.agents;
    assert.deepEqual([listed.id, listed.name, listed.path], [made.data.id, 'reviewer', '.claude/agents/team/reviewer.md']);

    const read = await rest.call('GET', place);
    assert.deepEqual([read.data.content, read.data.id], [content, made.data.id]);
    const tag = read.headers.get('etag')!;
    refused(await rest.call('PUT', place, { content: 'x' }), 428, 'input.invalid');
    const written = await rest.call('PUT', place, { content: `${content}More.\n` }, { 'if-match': tag });
    assert.deepEqual([written.status, written.data.id], [200, made.data.id]);
    assert.match(onDisk('.claude/agents/team/reviewer.md'), /More/);
    refused(await rest.call('DELETE', place, undefined, { 'if-match': tag }), 412, 'file.stale');
    refused(await rest.call('DELETE', place), 428, 'input.invalid');
    assert.equal((await rest.call('DELETE', place, undefined, { 'if-match': written.headers.get('etag')! })).status, 200);
    refused(await rest.call('GET', place), 404, 'file.notFound');
  });

  test('are not made over one that is there, nor outside of their folder', async () => {
    const body = { scope: 'project', file: 'twice.md', content };
    assert.equal((await rest.call('POST', '/api/agents', body)).status, 201);
    refused(await rest.call('POST', '/api/agents', body), 409, 'file.exists');
    refused(await rest.call('POST', '/api/agents', { ...body, file: '../../x.md' }), 400, 'input.invalid');
    for (const path of ['/etc/passwd', '../x.md', 'CLAUDE.md']) {
      const id = Buffer.from(path).toString('base64url');
      assert.ok([400, 403, 404].includes((await rest.call('GET', `/api/agents/${id}`)).status), path);
      const put = await rest.call('PUT', `/api/agents/${id}`, { content }, { 'if-match': `"${'0'.repeat(64)}"` });
      assert.ok([400, 403].includes(put.status), `${path}: ${put.status}`);
    }
  });

  test('have one id each: another spelling of it is refused', async () => {
    for (const id of ['x', 'LmNsYXVkZQ==', '%00', 'LmNsYXVkZS9hZ2VudHMvYS5tZB'])
      refused(await rest.call('GET', `/api/agents/${id}`), 400, 'input.invalid');
  });

  test('are renamed and moved by their operations', async () => {
    await rest.call('POST', '/api/agents', { scope: 'project', file: 'old.md', content: '---\nname: old\n---\n' });
    const { data } = await rest.call('GET', `/api/agents/${Buffer.from('.claude/agents/old.md').toString('base64url')}`);
    const renamed = await rest.call('POST', '/api/operations/agent.rename', { path: data.path, name: 'new', expectedHash: data.hash });
    assert.equal(renamed.data.path, '.claude/agents/new.md');
  });
});

describe('skills', () => {
  test('are listed with what their frontmatter says', async () => {
    const body = { scope: 'project', name: 'deploy', content: '---\nname: deploy\ndescription: Deploys.\n---\n' };
    assert.equal((await rest.call('POST', '/api/operations/skill.create', body)).status, 200);
    assert.deepEqual(
      (await rest.call('GET', '/api/skills')).data.skills.map((skill: { name: string }) => skill.name),
      ['deploy'],
    );
  });
});
