import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { disableAgent, enableAgent, readDisabledAgents } from '../../../src/core/agents/disabling.ts';
import type { SettingsChange } from '../../../src/core/agents/disabling.ts';
import { applyEdits } from '../../../src/core/markdown/textEdit.ts';

function after(text: string, change: SettingsChange): string {
  assert.ok(change.ok);
  return applyEdits(text, change.edits);
}

const namesIn = (text: string) => {
  const read = readDisabledAgents(text);
  assert.ok(read.ok);
  return read.agents.map((agent) => agent.name);
};

describe('disabling agents in the settings', () => {
  test('the rules of single agents are found with their places', () => {
    const text = '{ "permissions": { "deny": ["Bash", "Agent(a)", "Task(b)", "Agent(model:opus)", "Agent(x*)", "Agent(kit:sub:c)"] } }';
    const read = readDisabledAgents(text);
    assert.ok(read.ok);
    assert.deepEqual(
      read.agents.map(({ name, span }) => [name, text.slice(span.start, span.end)]),
      [
        ['a', '"Agent(a)"'],
        ['b', '"Task(b)"'],
        ['kit:sub:c', '"Agent(kit:sub:c)"'],
      ],
    );
  });

  test('comments, order and formatting stay', () => {
    const text = '{\n\t// ours\n\t"model": "opus",\n\t"permissions": {\n\t\t"deny": [\n\t\t\t"Bash(rm *)" // never\n\t\t]\n\t}\n}\n';
    const disabled = after(text, disableAgent(text, 'a'));
    assert.match(disabled, /\/\/ ours/);
    assert.match(disabled, /\/\/ never/);
    assert.match(disabled, /\t\t\t"Agent\(a\)"/);
    assert.deepEqual(namesIn(disabled), ['a']);
    assert.deepEqual(namesIn(after(disabled, enableAgent(disabled, 'a'))), []);
  });

  test('a file without permissions gets them, an empty one its first content', () => {
    for (const text of ['', ' \n', '{}', '{\n  "model": "opus"\n}\n', '{ "permissions": { "allow": [] } }', '\uFEFF{}']) {
      const changed = after(text, disableAgent(text, 'a'));
      assert.deepEqual(namesIn(changed), ['a'], JSON.stringify(changed));
    }
  });

  test('Windows line ends stay', () => {
    const text = '{\r\n  "permissions": {\r\n    "deny": [\r\n      "Bash"\r\n    ]\r\n  }\r\n}\r\n';
    assert.doesNotMatch(after(text, disableAgent(text, 'a')), /[^\r]\n/);
  });

  test('a list on one line stays on one line', () => {
    const text = '{\n  // ours\n  "permissions": { "deny": ["Bash", /* why */ "Read"] }\n}\n';
    const disabled = after(text, disableAgent(text, 'a'));
    assert.equal(disabled, text.replace('"Read"]', '"Read", "Agent(a)"]'));
    assert.equal(after(disabled, enableAgent(disabled, 'a')), text);
  });

  test('what is so already needs no edit', () => {
    const text = '{ "permissions": { "deny": ["Task(a)"] } }';
    assert.deepEqual(disableAgent(text, 'a'), { ok: true, edits: [] });
    assert.deepEqual(enableAgent(text, 'b'), { ok: true, edits: [] });
    assert.deepEqual(enableAgent('', 'b'), { ok: true, edits: [] });
  });

  test('every rule for the agent goes, under its old name too', () => {
    const text = '{ "permissions": { "deny": ["Task(a)", "Bash", "Agent(a)", "Agent(b)"] } }';
    assert.deepEqual(namesIn(after(text, enableAgent(text, 'a'))), ['b']);
  });

  test('a file that is not valid is left alone, with the place', () => {
    for (const text of ['{ "permissions": ', '[]', '{ "permissions": [] }', '{ "permissions": { "deny": "Agent(a)" } }', '{"a": }']) {
      for (const result of [readDisabledAgents(text), disableAgent(text, 'a'), enableAgent(text, 'a')]) {
        assert.equal(result.ok, false, text);
        if (!result.ok) assert.ok(result.span.end <= text.length && result.message.endsWith('.'));
      }
    }
  });

  test('disabling and enabling again leaves the other rules as they were', () => {
    const rule = fc.constantFrom('Bash', 'Read(./.env)', 'Agent(b)', 'WebFetch');
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 5 }), fc.constantFrom(undefined, 2, '\t'), (deny, indent) => {
        const text = JSON.stringify({ permissions: { allow: ['x'], deny }, model: 'opus' }, null, indent);
        const disabled = after(text, disableAgent(text, 'a'));
        assert.deepEqual(JSON.parse(disabled), { permissions: { allow: ['x'], deny: [...deny, 'Agent(a)'] }, model: 'opus' });
        const enabled = after(disabled, enableAgent(disabled, 'a'));
        assert.deepEqual(JSON.parse(enabled), JSON.parse(text));
        if (deny.length > 0) assert.equal(enabled, text);
      }),
    );
  });
});
