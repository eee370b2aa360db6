import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { describe, test } from 'node:test';
import { AppError } from '../../../src/core/appError.ts';
import { library } from './catalogRig.ts';

const actor = { kind: 'agent', name: 'maker' } as const;
const code = (expected: string) => (error: unknown) => AppError.is(error) && error.code === expected;

describe('operations on skills, commands, rules and memory', () => {
  test('make files where Claude Code looks for them, and never over others', async () => {
    await using lib = await library();
    const { operations, rig } = lib;
    await operations.call('skill.create', { scope: 'project', name: 'deploy', content: 'S' }, { actor });
    await operations.call('command.create', { scope: 'user', file: 'ops/roll.md', content: 'C' }, { actor });
    await operations.call('rule.create', { scope: 'project', file: 'api.md', content: 'R' }, { actor });
    assert.equal(rig.read(rig.at('.claude/skills/deploy/SKILL.md')), 'S');
    assert.equal(rig.read(rig.home('.claude/commands/ops/roll.md')), 'C');
    assert.equal(rig.read(rig.at('.claude/rules/api.md')), 'R');
    const again = operations.call('skill.create', { scope: 'project', name: 'deploy', content: 'other' }, { actor });
    await assert.rejects(again, code('file.exists'));
    assert.equal(rig.read(rig.at('.claude/skills/deploy/SKILL.md')), 'S');
    assert.deepEqual(await lib.versions('.claude/rules/api.md'), [{ cause: 'claudetask', note: null, by: 'maker', content: 'R' }]);
  });

  test('refuse names that lead elsewhere or that Claude Code would ignore', async () => {
    await using lib = await library();
    const { operations } = lib;
    const skill = (name: string) => operations.call('skill.create', { scope: 'project', name, content: 'x' }, { actor });
    for (const name of ['../up', 'a/b', 'a:b', '-a', 'A B']) await assert.rejects(skill(name), code('input.invalid'), name);
    const rule = operations.call('rule.create', { scope: 'project', file: '../../CLAUDE.md', content: 'x' }, { actor });
    await assert.rejects(rule, code('input.invalid'));
    const memory = operations.call('memory.put', { path: '.claude/agents/a.md', content: 'x', expectedHash: null }, { actor });
    await assert.rejects(memory, code('file.outside'));
  });

  test('write memory and logs only over what their author has seen', async () => {
    await using lib = await library();
    const { operations, rig } = lib;
    const path = '.claude/agent-memory/a/MEMORY.md';
    const { hash } = await operations.call('memory.put', { path, content: 'one', expectedHash: null }, { actor });
    await operations.call('memory.put', { path, content: 'two', expectedHash: hash }, { actor });
    await assert.rejects(operations.call('memory.put', { path, content: 'three', expectedHash: hash }, { actor }), code('file.stale'));
    assert.equal(rig.read(rig.at(path)), 'two');
    const log = '.claude/memory/agent-logs/a.md';
    await operations.call('agentLog.put', { path: log, content: '## x\n', expectedHash: null }, { actor });
    assert.equal(rig.read(rig.at(log)), '## x\n');
  });
});

describe('the operation that allows or forbids an agent', () => {
  const own = '.claude/settings.local.json';

  test('makes the settings file when there is none, and changes but one line of one that is there', async () => {
    await using lib = await library();
    const { operations, rig } = lib;
    const set = (enabled: boolean, name = 'a') => operations.call('agent.setEnabled', { name, enabled }, { actor });
    await set(true);
    assert.ok(!fs.existsSync(rig.at(own)));
    await set(false);
    assert.deepEqual(JSON.parse(rig.read(rig.at(own))), { permissions: { deny: ['Agent(a)'] } });
    rig.put(rig.at(own), '{ // mine\n  "permissions": { "deny": ["Bash"] }\n}\n');
    await set(false);
    assert.equal(rig.read(rig.at(own)), '{ // mine\n  "permissions": { "deny": ["Bash", "Agent(a)"] }\n}\n');
    await set(true);
    assert.equal(rig.read(rig.at(own)), '{ // mine\n  "permissions": { "deny": ["Bash"] }\n}\n');
  });

  test('leaves a file alone that is not valid, or is no settings file', async () => {
    await using lib = await library({ 'repo/app/.claude/settings.local.json': '{ "permissions": ' });
    const { operations, rig } = lib;
    await assert.rejects(operations.call('agent.setEnabled', { name: 'a', enabled: false }, { actor }), code('input.invalid'));
    assert.equal(rig.read(rig.at(own)), '{ "permissions": ');
    const elsewhere = { name: 'a', enabled: false, settings: 'package.json' };
    await assert.rejects(operations.call('agent.setEnabled', elsewhere, { actor }), code('file.outside'));
    const rule = operations.call('agent.setEnabled', { name: 'a), Bash(*', enabled: false }, { actor });
    await assert.rejects(rule, code('input.invalid'));
  });
});
