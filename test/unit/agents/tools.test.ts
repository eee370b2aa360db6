import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { agentFields } from '../../../src/core/agents/agentFields.ts';
import { nearestColor } from '../../../src/core/agents/colors.ts';
import { currentTools, judgeTool, readTools, removedTools, renamedTools } from '../../../src/core/agents/tools.ts';
import { nearest } from '../../../src/core/nearest.ts';
import { ruleFields } from '../../../src/core/rules/ruleFields.ts';
import { commandFields, skillFields } from '../../../src/core/skills/skillFields.ts';
import { agentFile } from './agentFiles.ts';

describe('tools', () => {
  test('a string is cut at commas and blanks outside parentheses', () => {
    assert.deepEqual(
      readTools('Read, Agent(a, b) Bash(git diff *),').map(({ name, argument }) => [name, argument]),
      [
        ['Read', null],
        ['Agent', 'a, b'],
        ['Bash', 'git diff *'],
      ],
    );
  });

  test('a list is read as well, and anything else names no tool', () => {
    assert.deepEqual(
      readTools(['Read', 'Write', 3]).map((tool) => tool.name),
      ['Read', 'Write'],
    );
    assert.deepEqual(readTools({ Read: true, Write: false, Bash: null }), []);
    assert.deepEqual(readTools(null), []);
    assert.deepEqual(readTools(7), []);
  });

  test('names are judged with case, and a name of an object’s own parts is no tool', () => {
    assert.equal(judgeTool('Read').kind, 'current');
    assert.deepEqual(judgeTool('read'), { kind: 'unknown', instead: 'Read' });
    assert.deepEqual(judgeTool('editFiles'), { kind: 'foreign', instead: 'Edit' });
    assert.deepEqual(judgeTool('some-server/some_tool'), { kind: 'foreign', instead: null });
    assert.deepEqual(judgeTool('constructor'), { kind: 'unknown', instead: null });
    assert.equal(judgeTool('mcp__github__*').kind, 'mcp');
    assert.equal(judgeTool('*').kind, 'wildcard');
  });

  test('whatever is written instead of an old tool is a current one', () => {
    const current = new Set(currentTools.map((tool) => tool.name));
    for (const name of [...Object.keys(renamedTools), ...Object.keys(removedTools)]) {
      const verdict = judgeTool(name);
      assert.ok(verdict.kind === 'renamed' || verdict.kind === 'removed', name);
      assert.ok(verdict.instead === null || current.has(verdict.instead), name);
    }
  });
});

describe('field tables', () => {
  test('each key stands once, with a hover of one to four sentences, and closed fields have values', () => {
    for (const fields of [agentFields, skillFields, commandFields, ruleFields]) {
      assert.equal(new Set(fields.map((field) => field.key)).size, fields.length);
      for (const field of fields) {
        const sentences = field.hover.split(/[.](?:\s|$)/).length - 1;
        assert.ok(sentences >= 1 && sentences <= 4, `${field.key}: ${field.hover}`);
        if (field.closed === true) assert.ok((field.values?.length ?? 0) > 0, field.key);
      }
    }
  });

  test('a command has the fields of a skill without name and paths', () => {
    const keys = commandFields.map((field) => field.key);
    assert.ok(!keys.includes('name') && !keys.includes('paths') && keys.includes('allowed-tools'));
  });
});

describe('what was meant', () => {
  test('case, hyphens and one typing error are forgiven, and no more', () => {
    assert.deepEqual(nearest('Max-Turns', ['maxTurns', 'model']), ['maxTurns']);
    assert.deepEqual(nearest('desciption', ['description']), ['description']);
    assert.deepEqual(nearest('modle', ['model']), ['model']);
    assert.deepEqual(nearest('emoji', ['model', 'memory', 'effort']), []);
    assert.deepEqual(nearest('a', ['b', 'c']), []);
    assert.deepEqual(nearest('', ['b']), []);
  });

  test('colours by name, by part of a name and in hex come to the nearest of the eight', () => {
    const expected = {
      teal: 'cyan',
      Indigo: 'purple',
      'dark-blue': 'blue',
      '#8B0000': 'red',
      '#2E8B57': 'green',
      '#0ff': 'cyan',
      '#d69e2e': 'yellow',
    };
    for (const [color, nearestOne] of Object.entries(expected)) assert.equal(nearestColor(color), nearestOne, color);
    assert.equal(nearestColor('#808080'), undefined);
    assert.equal(nearestColor('constructor'), undefined);
  });
});

describe('an agent as it is read', () => {
  test('every field comes out as Claude Code would use it', () => {
    const { agent } = agentFile(
      '---\nname: a\ndescription: >\n  Two\n  lines\ntools: Read, Bash(ls)\ndisallowedTools: [Write]\nskills: x, y\nmemory: local\nmaxTurns: 5\nbackground: true\nmcpServers:\n  - github\n  - own:\n      command: x\nhooks:\n  Stop: []\ncolor: red\n---\n\nYou.\n',
    );
    assert.equal(agent.description, 'Two lines');
    assert.deepEqual(
      agent.tools?.map((tool) => tool.name),
      ['Read', 'Bash'],
    );
    assert.deepEqual(
      agent.disallowedTools.map((tool) => tool.name),
      ['Write'],
    );
    assert.deepEqual(
      [agent.skills, agent.mcpServers],
      [
        ['x', 'y'],
        ['github', 'own'],
      ],
    );
    assert.deepEqual([agent.memory, agent.maxTurns, agent.background, agent.hasHooks, agent.body], ['local', 5, true, true, 'You.']);
  });

  test('what cannot be used counts as not there, but for tools', () => {
    const { agent } = agentFile('---\nname: 3\ndescription: [a]\ntools:\nmemory: true\nmaxTurns: -1\nbackground: "true"\n---\n');
    assert.deepEqual(
      [agent.name, agent.description, agent.tools, agent.memory, agent.maxTurns, agent.background],
      [null, null, [], null, null, false],
    );
  });
});
