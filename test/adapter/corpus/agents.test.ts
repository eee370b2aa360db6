import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { AgentFile } from '../../../src/core/agents/agentContext.ts';
import { readAgent } from '../../../src/core/agents/agent.ts';
import { findAgentProblems } from '../../../src/core/agents/agentProblems.ts';
import { decodeFile } from '../../../src/core/markdown/fileText.ts';
import { fieldOf, readMarkdown } from '../../../src/core/markdown/frontmatter.ts';
import { applyEdits } from '../../../src/core/markdown/textEdit.ts';
import type { TextEdit } from '../../../src/core/markdown/textEdit.ts';
import type { Problem } from '../../../src/core/problem.ts';
import { readRule, ruleMatches } from '../../../src/core/rules/rule.ts';
import { findRuleProblems } from '../../../src/core/rules/ruleProblems.ts';
import { readSkill } from '../../../src/core/skills/skill.ts';
import { findSkillProblems } from '../../../src/core/skills/skillProblems.ts';

// Real files, which are no part of this repository.
const samples = join(process.cwd(), '..', 'shared', 'samples');
const folder = join(samples, 'claude');
const skip = existsSync(join(folder, 'SOURCES.tsv')) ? false : 'no samples beside the repository';

interface Sample {
  file: string;
  kind: string;
  flags: ReadonlySet<string>;
  text: string;
}

function readSamples(): Sample[] {
  const lines = readFileSync(join(folder, 'SOURCES.tsv'), 'utf8').trimEnd().split('\n').slice(1);
  return lines.map((line) => {
    const [file = '', kind = '', , , , , , flags = ''] = line.split('\t');
    return { file, kind, flags: new Set(flags.split(',')), text: decodeFile(readFileSync(join(folder, file))) };
  });
}

const all = skip === false ? readSamples() : [];
const agents = all.filter((sample) => sample.kind === 'agents');

const seedNames = [
  '000-backend-agent',
  '001-fastapi-backend-agent',
  '002-fastapi-backend-dev',
  '003-backend-engineer',
  '004-backend-architect',
];
const seeds = skip === false ? seedNames.map((name) => decodeFile(readFileSync(join(samples, 'seeds', `${name}.md`)))) : [];

const context = {
  isPlugin: false,
  sameTree: new Map(),
  agentNames: new Set(['Explore']),
  skills: new Map([['api-development', { manualOnly: false }]]),
  skillsFolder: '/w/.claude/skills',
  models: [],
};

function agentFile(text: string): AgentFile {
  const document = readMarkdown(text);
  return { path: '/w/.claude/agents/sample.md', document, agent: readAgent(document) };
}

const agentProblems = (text: string): Problem[] => findAgentProblems(agentFile(text), context);

function skillProblems(text: string): Problem[] {
  const document = readMarkdown(text);
  const file = { path: '/w/.claude/skills/sample/SKILL.md', document, skill: readSkill(document, 'sample') };
  return findSkillProblems(file, { agentNames: context.agentNames, skills: null });
}

function ruleProblems(text: string): Problem[] {
  const document = readMarkdown(text);
  ruleMatches(readRule(document), 'src/a.ts');
  return findRuleProblems(document);
}

const levels = ['strict', 'quoted', 'scanned'];
const levelOf = (text: string) => levels.indexOf(readMarkdown(text).frontmatter?.level ?? 'strict');

/** What fixes of one problem change, but for those that make files. */
const editsOf = (problem: Problem) =>
  (problem.fixes ?? []).flatMap((fix) => ('edits' in fix ? [{ kind: fix.kind, edits: fix.edits }] : []));

const overlap = (a: TextEdit, b: TextEdit) => a.start < b.end && b.start < a.end;
const touch = (a: TextEdit, b: TextEdit) => overlap(a, b) || a.start === b.start || a.end === b.end;

function checkFixes(file: string, text: string, find: (text: string) => Problem[]): number {
  const problems = find(text);
  let checked = 0;
  for (const problem of problems) {
    assert.ok(problem.span.start <= problem.span.end && problem.span.end <= text.length, `${file}: ${problem.code} points into the file`);
    for (const { kind, edits } of editsOf(problem)) {
      const after = applyEdits(text, edits);
      const what = `${file}: ${kind} for ${problem.code}`;
      assert.ok(levelOf(after) <= levelOf(text), `${what} leaves YAML no worse`);
      assert.ok(readMarkdown(text).frontmatter === null || readMarkdown(after).frontmatter !== null, `${what} keeps the frontmatter`);
      const before = problems.filter((one) => one.code === problem.code && one.message === problem.message).length;
      const left = find(after).filter((one) => one.code === problem.code && one.message === problem.message).length;
      assert.ok(left < before, `${what} removes its problem: ${problem.message}`);
      checked++;
    }
  }
  const together: TextEdit[] = [];
  for (const problem of problems) {
    const edits = editsOf(problem)[0]?.edits ?? [];
    if (!edits.some((edit) => together.some((other) => touch(edit, other)))) together.push(...edits);
  }
  const after = applyEdits(text, together);
  assert.ok(levelOf(after) <= levelOf(text), `${file}: all fixes together leave YAML no worse`);
  return checked;
}

/** The files that carry a flag against those of which `holds` is true. Whoever set the flags read no frontmatter that needs a scan for keys. */
function assertFlag(flag: string, holds: (sample: Sample, problems: readonly Problem[]) => boolean): void {
  const expected = agents.filter((sample) => sample.flags.has(flag)).map((sample) => sample.file);
  const read = agents.filter((sample) => !sample.flags.has('needs-key-scan'));
  const found = read.filter((sample) => holds(sample, agentProblems(sample.text))).map((sample) => sample.file);
  assert.ok(expected.length > 0, `some file has the flag ${flag}`);
  assert.deepEqual(found, expected);
}

const hasCode =
  (...codes: string[]) =>
  (_: Sample, problems: readonly Problem[]) =>
    problems.some((problem) => codes.includes(problem.code));

describe('agents, skills and rules of the corpus', { skip }, () => {
  test('no file of any kind makes a reader throw', () => {
    for (const { text } of all) {
      agentProblems(text);
      skillProblems(text);
      ruleProblems(text);
    }
    for (const text of seeds) agentProblems(text);
  });

  test('the flags for names, colours, models and lengths are found again, and on no other file', () => {
    assertFlag('name-not-kebab', hasCode('name-not-kebab', 'name-form'));
    assertFlag('odd-color', hasCode('unknown-color'));
    assertFlag('odd-model', hasCode('unknown-model'));
    assertFlag('unknown-field', hasCode('unknown-field', 'misnamed-field'));
    assertFlag('no-name', hasCode('no-name'));
    assertFlag('no-description', hasCode('no-description', 'description-empty'));
    // The flag begins at 2,000 characters; the problem earlier.
    assertFlag('long-description', ({ text }) => (readAgent(readMarkdown(text)).description?.length ?? 0) > 2000);
    assertFlag('tools-list', ({ text }) => Array.isArray(fieldOf(readMarkdown(text), 'tools')?.value));
    assertFlag('examples', ({ text }) => /<example>/.test(readAgent(readMarkdown(text)).description ?? ''));
  });

  test('the flags for fields are found again, and on no other file', () => {
    const flagged = new Set(agents.flatMap((sample) => [...sample.flags].filter((flag) => flag.startsWith('f:'))));
    assert.ok(flagged.size > 5);
    for (const flag of flagged) assertFlag(flag, ({ text }) => fieldOf(readMarkdown(text), flag.slice(2)) !== undefined);
  });

  test('the five seeds have the problems that made them seeds', () => {
    const codes = seeds.map((text) => new Set(agentProblems(text).map((problem) => problem.code)));
    assert.equal(codes[0]?.size, 0);
    assert.ok(codes[1]?.has('yaml-lenient') && codes[1].has('literal-newline'));
    assert.ok(codes[2]?.has('literal-newline') && codes[2].has('mojibake') && codes[2].has('pasted-memory'));
    assert.ok(codes[3]?.has('missing-tool') && codes[3].has('other-memory-path'));
    assert.ok(codes[4]?.has('missing-tool') && codes[4].has('mojibake') && codes[4].has('removed-tool') && codes[4].has('unknown-skill'));
  });

  test('every fix removes its own problem and leaves YAML no worse, one by one and all together', () => {
    let checked = 0;
    for (const { file, text, kind } of all) {
      if (kind === 'agents' || kind === 'derived') checked += checkFixes(file, text, agentProblems);
      else if (kind === 'skills' || kind === 'commands') checked += checkFixes(file, text, skillProblems);
      else if (kind === 'rules') checked += checkFixes(file, text, ruleProblems);
    }
    for (const [index, text] of seeds.entries()) checked += checkFixes(`seed ${index}`, text, agentProblems);
    assert.ok(checked > 200, `${checked} fixes were tried`);
  });
});
