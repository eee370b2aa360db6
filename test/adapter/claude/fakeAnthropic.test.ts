import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as z from 'zod';
import { eventually } from '../../rig/eventually.ts';
import type { Rule, Script } from '../../rig/fakeAnthropic/script.ts';
import { assertNoFaults, fakeAnthropic, type FakeAnthropic } from '../../rig/fakeAnthropic/server.ts';

const said = z.object({
  stop_reason: z.string(),
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional(), id: z.string().optional() })),
});
const refusal = z.object({ type: z.literal('error'), error: z.object({ type: z.string(), message: z.string() }) });

const look = { name: 'look', input_schema: { type: 'object' } };
const callsLook: Rule['answer'] = { content: [{ type: 'tool_use', name: 'look', input: {} }] };

function ask({ url }: FakeAnthropic, body: object, init: RequestInit = {}): Promise<Response> {
  const asked = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'Paint' }], tools: [look], ...body };
  return fetch(`${url}/v1/messages?beta=true`, { method: 'POST', body: JSON.stringify(asked), ...init });
}

/** The conversation after `look` was called and has answered. */
const looked = (text: string, id = 'toolu_1') => ({
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: '<system-reminder>Be kind</system-reminder>' },
        { type: 'text', text: 'Paint' },
      ],
    },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'look', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: [{ type: 'text', text }] }] },
  ],
});

/** The events of a stream until it ends or breaks. */
async function eventsOf(response: Response): Promise<{ types: string[]; broken: boolean; text: string }> {
  let got = '';
  let broken = false;
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body!) got += decoder.decode(chunk, { stream: true });
  } catch {
    broken = true;
  }
  const events = [...got.matchAll(/^data: (.*)$/gm)].map(([, data]) => z.looseObject({ type: z.string() }).parse(JSON.parse(data!)));
  const deltas = events.map(({ delta }) => z.looseObject({ text: z.string() }).safeParse(delta).data?.text ?? '');
  return { types: events.map(({ type }) => type), broken, text: deltas.join('') };
}

describe('the fake Messages API', () => {
  test('answers by the first rule that holds, puts in what the tool said, and has no fault to tell of', async () => {
    const script: Script = {
      rules: [
        { name: 'never', when: { task: /^Paint$/, system: /./ } },
        { name: 'looks', when: { task: /^Paint$/, tool: 'look', assistantTurns: 0 }, times: 1, must: true, answer: callsLook },
        {
          name: 'ends',
          when: { lastTool: 'look', lastToolText: /shed/ },
          must: true,
          answer: { text: '{{json:lastToolText:what.0}} of {{task}}' },
        },
      ],
    };
    await using fake = await fakeAnthropic(script);
    const first = said.parse(await (await ask(fake, {})).json());
    assert.deepEqual([first.stop_reason, first.content[0]!.type], ['tool_use', 'tool_use']);
    assert.deepEqual(fake.state().missed, ['ends']);
    const second = said.parse(await (await ask(fake, looked('{"what":["shed"]}'))).json());
    assert.deepEqual([second.stop_reason, second.content[0]!.text], ['end_turn', 'shed of Paint']);
    assert.deepEqual(
      fake.asked.map(({ rule }) => rule),
      ['looks', 'ends'],
    );
    assert.deepEqual(fake.state().toolResults, [{ id: 'toolu_1', tool: 'look', isError: false, text: '{"what":["shed"]}' }]);
    assertNoFaults(fake.state());
  });

  test('refuses what no rule answers and what the API does not have, and tells of it; a title needs no rule', async () => {
    await using fake = await fakeAnthropic({
      side: { text: 'a title' },
      rules: [{ name: 'twice', times: 2, must: true, answer: callsLook }],
    });
    assert.equal((await ask(fake, { tools: [] })).status, 200);
    assert.equal((await ask(fake, {})).status, 200);
    assert.deepEqual([fake.state().unofferedCalls, fake.state().missed], [['look'], []]);
    assert.equal(said.parse(await (await ask(fake, { tools: [] })).json()).content[0]!.text, 'a title');
    assert.deepEqual(fake.state().unmatched, []);
    const refused = await ask(fake, {});
    assert.deepEqual([refused.status, refusal.parse(await refused.json()).error.type], [400, 'invalid_request_error']);
    assert.deepEqual(fake.state().unmatched, ['after 0 turns: Paint']);
    assert.equal((await fetch(`${fake.url}/`, { method: 'HEAD' })).status, 200);
    assert.equal((await fetch(`${fake.url}/v1/models`)).status, 200);
    assert.deepEqual(fake.state().otherPaths, []);
    assert.equal((await fetch(`${fake.url}/v1/files`)).status, 404);
    assert.deepEqual(fake.state().otherPaths, ['GET /v1/files']);
    assert.throws(() => assertNoFaults(fake.state()));
    fake.load({ requireKey: 'k', rules: [{ name: 'ok' }] });
    assertNoFaults(fake.state());
    assert.equal((await ask(fake, {})).status, 401);
    assert.equal((await ask(fake, {}, { headers: { authorization: 'Bearer k' } })).status, 200);
  });

  test('refuses what the real API would refuse', async () => {
    await using fake = await fakeAnthropic();
    const [question, call, result] = looked('x').messages;
    const cases: readonly [object, RegExp][] = [
      [looked('x', 'toolu_2'), /tool_result without a tool_use before it \(toolu_2\)/],
      [{ messages: [question, call, question] }, /tool_use without a tool_result right after it/],
      [{ messages: [question, call] }, /tool_use without a tool_result at the end/],
      [{ messages: [result] }, /tool_result without a tool_use/],
      [{ messages: [] }, /messages/],
      [{ max_tokens: undefined }, /max_tokens/],
      [{ tools: [look, look] }, /two are called look/],
      [{ tools: [{ ...look, name: 'a b' }] }, /tools\.0\.name/],
    ];
    for (const [body, problem] of cases) {
      const refused = await ask(fake, body);
      assert.equal(refused.status, 400, String(problem));
      assert.match(refusal.parse(await refused.json()).error.message, problem);
    }
    assert.equal(fake.state().problems.length, cases.length);
    assert.deepEqual(fake.asked, []);
  });

  test('streams in pieces, and may send an error, be cut off or fall silent in the middle', async () => {
    const text = 'grün 🖌 paint';
    const when = (task: RegExp) => ({ task, stream: true });
    await using fake = await fakeAnthropic({
      rules: [
        { name: 'whole', when: when(/^whole$/), answer: { text, chunkSize: 2, chunkDelayMs: 1 } },
        { name: 'late error', when: when(/^error$/), answer: { text, error: { midStream: 3 } } },
        { name: 'cut', when: when(/^cut$/), answer: { text, dropAfter: 3 } },
        { name: 'silent', when: when(/^silent$/), answer: { text, hangAfter: 3 } },
      ],
    });
    const start = ['message_start', 'ping', 'content_block_start'];
    const stream = (content: string, init?: RequestInit) => ask(fake, { stream: true, messages: [{ role: 'user', content }] }, init);
    const whole = await eventsOf(await stream('whole'));
    const deltas = Array.from({ length: 6 }, () => 'content_block_delta');
    assert.deepEqual(whole, { types: [...start, ...deltas, 'content_block_stop', 'message_delta', 'message_stop'], broken: false, text });
    assert.deepEqual(await eventsOf(await stream('error')), { types: [...start, 'error'], broken: false, text: '' });
    // What came before the cut may be lost on the way.
    const cut = await eventsOf(await stream('cut'));
    assert.deepEqual({ broken: cut.broken, text: cut.text }, { broken: true, text: '' });

    const abort = new AbortController();
    const silent = await stream('silent', { signal: abort.signal });
    abort.abort();
    assert.equal((await eventsOf(silent)).broken, true);
    await eventually('that the client is gone', () => fake.asked.at(-1)?.clientGoneAfterMs !== undefined);
    assert.deepEqual(
      fake.asked.map(({ clientGoneAfterMs }) => clientGoneAfterMs !== undefined),
      [false, false, false, true],
    );
    assertNoFaults(fake.state());
  });

  test('answers with errors as the API does, or not at all', async () => {
    await using fake = await fakeAnthropic({
      rules: [
        { name: 'busy', times: 1, answer: { error: { status: 529, headers: { 'retry-after': '7' } } } },
        { name: 'a proxy in between', times: 1, answer: { error: { status: 502, raw: '<html>' } } },
        { name: 'never', answer: { hang: true } },
      ],
    });
    const busy = await ask(fake, {});
    assert.deepEqual([busy.status, busy.headers.get('retry-after')], [529, '7']);
    assert.equal(refusal.parse(await busy.json()).error.type, 'overloaded_error');
    const proxy = await ask(fake, {});
    assert.deepEqual([proxy.status, await proxy.text()], [502, '<html>']);
    const abort = new AbortController();
    const never = ask(fake, {}, { signal: abort.signal });
    await eventually('the request', () => fake.asked.length === 3);
    abort.abort();
    await assert.rejects(never, { name: 'AbortError' });
    await eventually('that the client is gone', () => fake.asked.at(-1)?.clientGoneAfterMs !== undefined);
  });
});
