import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'jsonc-parser';
import { withMcpServer, type McpServerEntry } from '../../src/core/mcpConfig.ts';

const entry: McpServerEntry = { type: 'stdio', command: 'node', args: ['a.cjs'] };

function changed(text: string): string {
  const change = withMcpServer(text, 'ours', entry);
  assert.ok(change.ok);
  assert.deepEqual((parse(change.text.replace(/^\uFEFF/, '')) as { mcpServers: object }).mcpServers, {
    ...(parse(text.replace(/^\uFEFF/, '')) as { mcpServers?: object } | undefined)?.mcpServers,
    ours: entry,
  });
  return change.text;
}

/** What was put in: both texts without the end and the beginning that they share. */
function added(before: string): string {
  const after = changed(before);
  let head = 0;
  while (head < before.length && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < before.length - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  assert.equal(head + tail, before.length, `nothing that was there has changed:\n${after}`);
  return after.slice(head, after.length - tail);
}

describe('a server put into .mcp.json', () => {
  test('makes the file when there is none', () => {
    const all = { mcpServers: { ours: entry } };
    assert.equal(changed(''), `${JSON.stringify(all, null, 2)}\n`);
  });

  test('leaves other servers, comments and formatting as they are', () => {
    added('{\n  "mcpServers": {\n    "other": { "command": "x" }\n  }\n}\n');
    const commented = '{\n\t// Ours.\n\t"mcpServers": {\n\t\t"other": { "command": "x" } // mine\n\t\t// "third": {}\n\t}\n}\n';
    const text = changed(commented);
    assert.ok(
      text.startsWith('{\n\t// Ours.\n\t"mcpServers": {\n\t\t"other": { "command": "x" }, // mine\n\t\t// "third": {}\n\t\t"ours": {\n'),
      text,
    );
    assert.ok(text.endsWith('\n\t\t}\n\t}\n}\n'), text);
  });

  test('stays on the line of an object that is on one line', () => {
    const put = added('{ "mcpServers": { "other": { "command": "x" } } }');
    assert.equal(put, ', "ours": {"type":"stdio","command":"node","args":["a.cjs"]}');
  });

  test('comes into an object that is empty, or that is not there yet', () => {
    assert.equal(changed('{}'), JSON.stringify({ mcpServers: { ours: entry } }, null, 2));
    added('{\n  "mcpServers": {}\n}\n');
    added('{\n  "mcpServers": {\n  }\n}\n');
    added('{\n  "mcpServers": { /* none */ }\n}\n');
    const kept = changed('{\n  "more": [1, 2]\n}\n');
    assert.ok(kept.startsWith('{\n  "more": [1, 2],\n  "mcpServers": {\n    "ours": {\n'), kept);
  });

  test('keeps Windows line ends, a byte order mark, and a trailing comma', () => {
    const windows = '\uFEFF{\r\n  "mcpServers": {\r\n    "other": {},\r\n  }\r\n}\r\n';
    const put = added(windows);
    assert.ok(!/[^\r]\n/.test(put), JSON.stringify(put));
  });

  test('takes the place of an entry of its name, and tells what that was', () => {
    const text = '{\n  "mcpServers": {\n    "ours": { "command": "old" },\n    "other": {}\n  }\n}\n';
    const change = withMcpServer(text, 'ours', entry);
    assert.ok(change.ok);
    assert.equal(change.before, '{ "command": "old" }');
    assert.ok(change.text.endsWith('    },\n    "other": {}\n  }\n}\n'), change.text);
  });

  test('changes nothing when it is there already', () => {
    const text = changed('');
    assert.equal(changed(text), text);
  });

  test('is refused where the file cannot be understood', () => {
    for (const text of ['{', '[]', '{"mcpServers": []}', 'nonsense']) {
      const change = withMcpServer(text, 'ours', entry);
      assert.ok(!change.ok && change.message.endsWith('nothing was written.'), text);
    }
  });
});
