import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { restServer } from './restRig.ts';
import type { RestAnswer, RestRig } from './restRig.ts';

let rest: RestRig;
before(async () => {
  rest = await restServer();
});
after(() => rest[Symbol.asyncDispose]());

async function make(title: string, more: object = {}): Promise<number> {
  const made = await rest.call('POST', '/api/tasks', { title, ...more });
  assert.equal(made.status, 201, made.message);
  return made.data.tasks[0].id;
}
const refused = (answer: RestAnswer, status: number, code: string, field?: string) => {
  assert.deepEqual([answer.status, answer.code], [status, code], answer.message);
  assert.notEqual(answer.message, '');
  if (field !== undefined) assert.equal(answer.data.field, field);
};

describe('one task', () => {
  test('is created with the place where it can be read, and its ETag', async () => {
    const made = await rest.call('POST', '/api/tasks', { title: 'Write the API', status: 'Ready', labels: ['api'], checklist: ['one'] });
    assert.deepEqual([made.status, made.code, made.message], [201, 'ok', '']);
    const { id } = made.data.tasks[0];
    assert.equal(made.headers.get('location'), `/api/tasks/${id}`);
    const read = await rest.call('GET', `/api/tasks/${id}`);
    assert.equal(read.status, 200);
    assert.deepEqual([read.data.title, read.data.labels, read.data.checklist[0].text], ['Write the API', ['api'], 'one']);
    assert.equal(read.headers.get('etag'), made.headers.get('etag'));
    assert.equal(read.headers.get('content-type'), 'application/json; charset=utf-8');
  });

  test('that the client has already is answered by 304 without a body', async () => {
    const id = await make('Known');
    const tag = (await rest.call('GET', `/api/tasks/${id}`)).headers.get('etag')!;
    const again = await rest.fetch(`/api/tasks/${id}`, { headers: { 'if-none-match': `"v0", W/${tag}` } });
    assert.deepEqual([again.status, await again.text(), again.headers.get('etag')], [304, '', tag]);
  });

  test('answers HEAD with the headers of GET', async () => {
    const id = await make('Head');
    const get = await rest.fetch(`/api/tasks/${id}`);
    const body = await get.text();
    const head = await rest.fetch(`/api/tasks/${id}`, { method: 'HEAD' });
    assert.deepEqual([head.status, await head.text()], [200, '']);
    assert.equal(head.headers.get('content-length'), String(Buffer.byteLength(body)));
    const missing = await rest.fetch('/api/tasks/999999', { method: 'HEAD' });
    assert.deepEqual([missing.status, await missing.text()], [404, '']);
  });

  test('is changed in the fields that are named, under the name of the client', async () => {
    const id = await make('Old', { priority: 'High' });
    const changed = await rest.call('PUT', `/api/tasks/${id}`, { title: 'New', assignee: 'Ada', comment: 'by REST' });
    assert.equal(changed.status, 200);
    const { data } = await rest.call('GET', `/api/tasks/${id}`);
    assert.deepEqual([data.title, data.assignee, data.priority], ['New', 'Ada', 'High']);
    const history = await rest.call('GET', `/api/tasks/${id}/history`);
    assert.deepEqual(history.data.entries[0].actor, { kind: 'client', name: 'a script' });
    assert.equal(history.data.entries[0].comment, 'by REST');
  });

  test('that was changed since is not overwritten: 412 with If-Match, 409 with a version, and the newer row in both', async () => {
    const id = await make('First');
    const tag = (await rest.call('GET', `/api/tasks/${id}`)).headers.get('etag')!;
    const second = await rest.call('PUT', `/api/tasks/${id}`, { title: 'Second' }, { 'if-match': tag });
    assert.equal(second.status, 200);
    const late = await rest.call('PUT', `/api/tasks/${id}`, { title: 'Third' }, { 'if-match': tag });
    refused(late, 412, 'task.stale');
    assert.equal(late.data.current.title, 'Second');
    assert.equal(late.headers.get('etag'), second.headers.get('etag'));
    refused(await rest.call('PUT', `/api/tasks/${id}`, { title: 'Third', version: 1 }), 409, 'task.stale');
    for (const [method, path, body] of [
      ['DELETE', '', undefined],
      ['PUT', '/status', { status: 'Ready' }],
      ['POST', '/archive', {}],
      ['POST', '/stage-results', { stage: 'Testing', outcome: 'passed', summary: 'fine' }],
    ] as const) {
      refused(await rest.call(method, `/api/tasks/${id}${path}`, body, { 'if-match': tag }), 412, 'task.stale');
    }
  });

  test('is moved by its status, held to the workflow', async () => {
    const id = await make('Mover');
    await rest.call('PUT', '/api/project/settings', { workflow: { allowedMoves: { Backlog: ['Ready'] } } });
    refused(await rest.call('PUT', `/api/tasks/${id}/status`, { status: 'Done' }), 409, 'workflow.refused');
    const moved = await rest.call('PUT', `/api/tasks/${id}/status`, { status: 'Ready' });
    assert.equal(moved.data.tasks.find((task: { id: number }) => task.id === id).status, 'Ready');
    assert.equal(moved.headers.get('etag'), '"v2"');
    await rest.call('PUT', '/api/project/settings', { workflow: { allowedMoves: {} } });
  });

  test('is deleted softly, restored, archived and brought back', async () => {
    const id = await make('Comes and goes');
    const gone = await rest.call('DELETE', `/api/tasks/${id}?comment=not+needed`);
    assert.equal(gone.status, 200);
    assert.notEqual(gone.data.tasks[0].deletedAt, null);
    refused(await rest.call('PUT', `/api/tasks/${id}`, { title: 'a' }), 404, 'task.notFound');
    assert.equal((await rest.call('POST', `/api/tasks/${id}/restore`)).data.tasks[0].deletedAt, null);
    assert.notEqual((await rest.call('POST', `/api/tasks/${id}/archive`, {})).data.tasks[0].archivedAt, null);
    assert.equal((await rest.call('POST', `/api/tasks/${id}/unarchive`, { comment: 'again' })).data.tasks[0].archivedAt, null);
  });

  test('waits for another until it does no more', async () => {
    const [id, blocker] = [await make('Waits'), await make('Blocks')];
    assert.equal((await rest.call('PUT', `/api/tasks/${id}/dependencies/${blocker}`)).status, 200);
    assert.deepEqual((await rest.call('GET', `/api/tasks/${id}`)).data.dependsOn, [blocker]);
    refused(await rest.call('PUT', `/api/tasks/${blocker}/dependencies/${id}`), 409, 'task.cycle');
    assert.equal((await rest.call('DELETE', `/api/tasks/${id}/dependencies/${blocker}`)).status, 200);
    assert.deepEqual((await rest.call('GET', `/api/tasks/${id}`)).data.dependsOn, []);
  });

  test('has a checklist that is added to, checked and shortened', async () => {
    const id = await make('Lists');
    await rest.call('POST', `/api/tasks/${id}/checklist`, { text: 'a' });
    await rest.call('POST', `/api/tasks/${id}/checklist`, { text: 'b' });
    await rest.call('PUT', `/api/tasks/${id}/checklist/2`, { done: true });
    await rest.call('DELETE', `/api/tasks/${id}/checklist/1`);
    assert.deepEqual((await rest.call('GET', `/api/tasks/${id}`)).data.checklist, [{ id: 2, text: 'b', done: true }]);
  });

  test('takes what a stage came to', async () => {
    const id = await make('Staged');
    await rest.call('POST', `/api/tasks/${id}/stage-results`, { stage: 'Testing', outcome: 'failed', summary: 'two tests fail' });
    const [result] = (await rest.call('GET', `/api/tasks/${id}`)).data.stageResults;
    assert.deepEqual([result.stage, result.outcome, result.summary], ['Testing', 'failed', 'two tests fail']);
  });

  test('cannot be analyzed yet, and is told so', async () => {
    const answer = await rest.call('POST', `/api/tasks/${await make('Analyze')}/analyze`);
    refused(answer, 501, 'api.notAvailable');
    assert.match(answer.message, /later/);
  });
});

describe('claiming', () => {
  test('gives a task to one, and refuses the other', async () => {
    const id = await make('Claimed', { status: 'Ready' });
    const mine = await rest.call('POST', `/api/tasks/${id}/claim`, {});
    assert.deepEqual([mine.data.tasks[0].assignee, mine.data.tasks[0].status], ['a script', 'In Progress']);
    const theirs = await rest.call('POST', `/api/tasks/${id}/claim`, { assignee: 'somebody else' });
    refused(theirs, 409, 'task.claimed');
    assert.equal(theirs.data.assignee, 'a script');
    refused(await rest.call('POST', `/api/tasks/${id}/claim`, { type: ['Bug'] }), 400, 'input.invalid', 'type');
  });

  test('takes the first that is ready, and answers none when none is', async () => {
    const id = await make('Next', { status: 'Ready', labels: ['only this'] });
    assert.deepEqual(
      (await rest.call('GET', '/api/tasks/ready?label=only+this')).data.tasks.map((task: { id: number }) => task.id),
      [id],
    );
    const taken = await rest.call('POST', '/api/tasks/claim', { label: ['only this'] });
    assert.equal(taken.data.tasks[0].id, id);
    assert.deepEqual((await rest.call('POST', '/api/tasks/claim', { label: ['only this'] })).data.tasks, []);
    refused(await rest.call('POST', '/api/tasks/claim', { id }), 400, 'input.invalid', 'id');
  });
});

describe('lists of tasks', () => {
  test('come in pages that leave nothing out and repeat nothing', async () => {
    const wanted: number[] = [];
    for (let n = 0; n < 25; n++) wanted.push(await make(`Page ${n}`, { labels: ['paged'] }));
    const found: number[] = [];
    let cursor: string | null = '';
    let pages = 0;
    while (cursor !== null) {
      const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: RestAnswer = await rest.call('GET', `/api/tasks?label=paged&sort=created&limit=10${from}`);
      assert.equal(page.data.total, 25);
      found.push(...page.data.tasks.map((task: { id: number }) => task.id));
      cursor = page.data.next;
      pages++;
    }
    assert.equal(pages, 3);
    assert.deepEqual(
      [...found].sort((a, b) => a - b),
      wanted,
    );
  });

  test('hold 100 unless told, and at most 1,000', async () => {
    for (let n = 0; n < 11; n++) {
      await Promise.all(Array.from({ length: 10 }, (_, i) => make(`Many ${n} ${i}`, { labels: ['many'] })));
    }
    assert.equal((await rest.call('GET', '/api/tasks?label=many')).data.tasks.length, 100);
    const all = await rest.call('GET', '/api/tasks?label=many&limit=1000');
    assert.deepEqual([all.data.tasks.length, all.data.next], [110, null]);
    refused(await rest.call('GET', '/api/tasks?limit=1001'), 400, 'input.invalid', 'limit');
  });

  test('are filtered as the operation filters, repeated values too', async () => {
    const id = await make('Filter me', { type: 'Bug', priority: 'Low', labels: ['sieve'] });
    const { data } = await rest.call(
      'GET',
      '/api/tasks?type=Bug&type=Feature&priority=Low&label=sieve&blocked=false&scope=live&text=filter',
    );
    assert.deepEqual(
      data.tasks.map((task: { id: number }) => task.id),
      [id],
    );
    refused(await rest.call('GET', '/api/tasks?blocked=yes'), 400, 'input.invalid', 'blocked');
    refused(await rest.call('GET', '/api/tasks?status=Nowhere'), 400, 'input.invalid', 'status');
    refused(await rest.call('GET', '/api/tasks?offset=5'), 400, 'input.invalid', 'offset');
    refused(await rest.call('GET', '/api/tasks?cursor=nonsense'), 400, 'input.invalid', 'cursor');
  });

  test('of history go back page by page', async () => {
    const id = await make('v1');
    for (const title of ['v2', 'v3', 'v4']) await rest.call('PUT', `/api/tasks/${id}`, { title });
    const newest = await rest.call('GET', `/api/tasks/${id}/history?limit=3`);
    assert.equal(newest.data.entries.length, 3);
    const oldest = await rest.call('GET', `/api/tasks/${id}/history?limit=3&cursor=${newest.data.next}`);
    assert.deepEqual([oldest.data.entries.length, oldest.data.next], [1, null]);
    assert.equal(oldest.data.entries[0].operation, 'task.create');
  });

  test('of words, of likeness and of the board are answered', async () => {
    const id = await make('Zebra crossing paint is peeling');
    const other = await make('Paint the zebra crossing anew');
    assert.deepEqual((await rest.call('GET', '/api/tasks/search?text=peeling')).data.ids, [id]);
    assert.equal((await rest.call('GET', `/api/tasks/similar?id=${id}&limit=5`)).data.tasks[0].id, other);
    assert.equal((await rest.call('GET', '/api/tasks/similar?text=zebra+crossing+paint')).data.tasks.length > 0, true);
    const board = await rest.call('GET', '/api/tasks/snapshot?limitPerColumn=1');
    assert.equal(
      board.data.columns.every((column: { tasks: unknown[] }) => column.tasks.length <= 1),
      true,
    );
  });
});

describe('many tasks at once', () => {
  test('are updated, moved, archived, deleted and restored, all or none', async () => {
    const ids = [await make('b1'), await make('b2')];
    const bulk = (what: string, body: object) => rest.call('POST', `/api/tasks/bulk/${what}`, { ids, ...body });
    assert.deepEqual(
      (await bulk('update', { patch: { priority: 'High' } })).data.tasks.map((task: { priority: string }) => task.priority),
      ['High', 'High'],
    );
    assert.deepEqual(
      (await bulk('move', { status: 'Ready' })).data.tasks.map((task: { status: string }) => task.status),
      ['Ready', 'Ready'],
    );
    for (const what of ['archive', 'unarchive', 'delete', 'restore']) {
      const answer = await bulk(what, {});
      assert.deepEqual([answer.status, answer.data?.tasks?.length], [200, 2], `${what}: ${answer.message}`);
    }
    refused(await rest.call('POST', '/api/tasks/bulk/delete', { ids: [...ids, 999_999] }), 404, 'task.notFound');
    assert.equal((await rest.call('GET', `/api/tasks/${ids[0]}`)).data.deletedAt, null);
  });
});
