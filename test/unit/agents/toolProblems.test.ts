import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { agentText, checkCases, problemsOf } from './agentFiles.ts';

const skills = new Map([
  ['api-design', { manualOnly: false }],
  ['release', { manualOnly: true }],
]);

describe('tools, skills and the prompt of an agent', () => {
  checkCases([
    {
      says: 'a tool that was removed does nothing',
      text: agentText('tools: Read, MultiEdit'),
      code: 'removed-tool',
      at: 'MultiEdit',
      fixed: ['tools: Read, Edit'],
    },
    {
      says: 'a removed tool goes when its successor is listed',
      text: agentText('tools: Edit, MultiEdit, Read'),
      code: 'removed-tool',
      at: 'MultiEdit',
      fixed: ['tools: Edit, Read'],
    },
    {
      says: 'a renamed tool still works',
      text: agentText('tools: Read, Task'),
      code: 'renamed-tool',
      at: 'Task',
      severity: 'hint',
      fixed: ['tools: Read, Agent'],
    },
    {
      says: 'a tool of Copilot is replaced',
      text: agentText('tools: ["Read", "edit/editFiles"]'),
      code: 'foreign-tool',
      at: 'edit/editFiles',
      fixed: ['["Read", "Edit"]'],
    },
    {
      says: 'a tool of Copilot without a counterpart is taken out',
      text: agentText('tools:', '  - Read', '  - githubRepo', 'color: red'),
      code: 'foreign-tool',
      at: 'githubRepo',
      fixed: ['  - Read\ncolor: red'],
    },
    {
      says: 'case matters in the names of tools',
      text: agentText('tools: read, Write'),
      code: 'unknown-tool',
      at: 'read',
      severity: 'warning',
      fixed: ['tools: Read, Write'],
    },
    {
      says: 'a misspelt tool is recognised',
      text: agentText('tools: Read, WebSerach'),
      code: 'unknown-tool',
      at: 'WebSerach',
      fixed: ['tools: Read, WebSearch'],
    },
    {
      says: 'an unknown tool may be a new one',
      text: agentText('tools: Read, Teleport'),
      code: 'unknown-tool',
      at: 'Teleport',
      severity: 'information',
    },
    {
      says: 'names are separated by blanks as well',
      text: agentText('tools: Read Write Bsh'),
      code: 'unknown-tool',
      at: 'Bsh',
      fixed: ['tools: Read Write Bash'],
    },
    {
      says: 'an item of a list may name two',
      text: agentText('tools:', '  - Read, Bsh', '  - Write'),
      code: 'unknown-tool',
      at: 'Read, Bsh',
    },
    {
      says: 'a subagent asks no questions',
      text: agentText('tools: Read, AskUserQuestion'),
      code: 'tool-not-for-subagents',
      at: 'AskUserQuestion',
      fixed: ['tools: Read\n'],
    },
    {
      says: 'leaving plan mode needs plan mode',
      text: agentText('tools: Read, ExitPlanMode'),
      code: 'tool-not-for-subagents',
      at: 'ExitPlanMode',
    },
    {
      says: 'in the background tools are fewer',
      text: agentText('tools: Read, LSP', 'background: true'),
      code: 'tool-not-in-background',
      at: 'LSP',
    },
    {
      says: 'a tool in both lists is taken away',
      text: agentText('tools: Read, Bash', 'disallowedTools: Bash'),
      code: 'tool-in-both-lists',
      at: 'Bash',
      fixed: ['tools: Read\n'],
    },
    {
      says: 'a tool is listed once',
      text: agentText('tools: Read, Grep, Read'),
      code: 'tool-twice',
      at: 'Read',
      fixed: ['tools: Read, Grep\n'],
    },
    {
      says: 'with no known tool the agent cannot start',
      text: agentText('tools: githubRepo, problems'),
      code: 'no-usable-tool',
      at: 'githubRepo, problems',
      severity: 'error',
    },
    {
      says: 'a list of agents limits a leading agent only',
      text: agentText('tools: Read, Agent(writer)'),
      code: 'agent-types-ignored',
      at: 'Agent(writer)',
    },
    {
      says: 'an agent that may be called must exist',
      text: agentText('tools: Read, Agent(writer, tester)'),
      code: 'unknown-agent',
      at: 'writer',
      context: { agentNames: new Set(['tester']) },
    },
    {
      says: 'a skill that does not exist is left out',
      text: agentText('skills: api-desing, release'),
      code: 'unknown-skill',
      at: 'api-desing',
      context: { skills },
      fixed: ['skills: api-design, release'],
    },
    {
      says: 'a skill for people only is not given to agents',
      text: agentText('skills:', '  - release'),
      code: 'skill-manual-only',
      at: 'release',
      context: { skills },
      gone: ['skills'],
    },
    {
      says: 'skills with commas are not the documented form',
      text: agentText('skills: a, b'),
      code: 'skills-string',
      severity: 'hint',
      at: 'a, b',
      fixed: ['- a\n', '- b\n'],
    },
    {
      says: 'a prompt that speaks of the Skill tool needs it',
      text: `${agentText('tools: Read, Grep')}Invoke it using the Skill tool.\n`,
      code: 'missing-tool',
      at: 'Read, Grep',
      fixed: ['tools: Read, Grep, Skill'],
    },
    {
      says: 'a prompt that delegates needs the Agent tool',
      text: `${agentText('tools: [Read]')}Delegate via the Task tool.\n`,
      code: 'missing-tool',
      at: '[Read]',
      fixed: ['tools: [Read, Agent]'],
    },
    {
      says: 'a log elsewhere is not the memory',
      text: `${agentText('memory: project')}Read \`.claude/memory/agent-logs/tester.md\`.\n`,
      code: 'other-memory-path',
      at: '.claude/memory/agent-logs/tester.md',
    },
    {
      says: 'the memory block is not pasted',
      text: `${agentText('memory: project')}# Persistent Agent Memory\n\nIt is at \`/Users/x/.claude/agent-memory/tester/\`.\n`,
      code: 'pasted-memory',
      at: '# Persistent Agent Memory',
      gone: ['/Users/x'],
    },
    {
      says: 'a pasted memory block becomes the field',
      text: `${agentText()}# Persistent Agent Memory\n\nIt is at \`C:\\p\\.claude\\agent-memory\\tester\\\`.\n`,
      code: 'pasted-memory',
      fixed: ['memory: project'],
      gone: ['agent-memory'],
    },
    {
      says: 'an agent without a prompt is a hint',
      text: '---\nname: tester\ndescription: b\n---\n',
      code: 'empty-body',
      at: '---',
      severity: 'hint',
    },
  ]);

  test('a well-written agent has none', () => {
    const text = agentText(
      'tools: Read, Bash(git diff *), mcp__github__*',
      'model: claude-sonnet-4-20250514[1m]',
      'memory: local',
      'color: pink',
      'permissionMode: manual',
    );
    assert.deepEqual(problemsOf(text, { skills, agentNames: new Set(['tester']) }), []);
  });

  test('an agent that leads a session may ask questions and limit its agents', () => {
    const text = agentText('tools: AskUserQuestion, Agent(tester)', 'initialPrompt: Begin.');
    assert.deepEqual(problemsOf(text, { agentNames: new Set(['tester']) }), []);
  });

  test('a missing skill can be made, and the file that is made has no problem of its own', () => {
    const problem = problemsOf(agentText('skills:', '  - brand-new'), { skills, skillsFolder: '/w/.claude/skills' })[0];
    const fix = problem?.fixes?.find((one) => one.kind === 'create-skill');
    assert.ok(fix !== undefined && 'create' in fix);
    assert.equal(fix.create.path, '/w/.claude/skills/brand-new/SKILL.md');
    assert.match(fix.create.content, /^---\nname: brand-new\ndescription: .+\n---\n/);
  });

  test('the only tool is never offered for removal, for without the field the agent would have them all', () => {
    const problem = problemsOf(agentText('tools: githubRepo')).find((one) => one.code === 'foreign-tool');
    assert.deepEqual(problem?.fixes, []);
  });
});
