import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AgentContext, AgentFile } from '../../../src/core/agents/agentContext.ts';
import { findAgentProblems } from '../../../src/core/agents/agentProblems.ts';
import { readAgent } from '../../../src/core/agents/agent.ts';
import { readMarkdown } from '../../../src/core/markdown/frontmatter.ts';
import { applyEdits } from '../../../src/core/markdown/textEdit.ts';
import type { Fix, Problem } from '../../../src/core/problem.ts';

export const emptyContext: AgentContext = {
  isPlugin: false,
  sameTree: new Map(),
  agentNames: null,
  skills: null,
  skillsFolder: null,
  models: [],
};

export function agentFile(text: string, path = '/w/.claude/agents/tester.md'): AgentFile {
  const document = readMarkdown(text);
  return { path, document, agent: readAgent(document) };
}

export const problemsOf = (text: string, context: Partial<AgentContext> = {}, path?: string): Problem[] =>
  findAgentProblems(agentFile(text, path), { ...emptyContext, ...context });

/** The text of a file with these lines of frontmatter besides a name, a description and a prompt. */
export const agentText = (...lines: string[]): string =>
  ['---', 'name: tester', 'description: Tests things', ...lines, '---', '', 'You test.', ''].join('\n');

export function editsOf(fix: Fix | undefined): readonly { start: number; end: number; text: string }[] {
  assert.ok(fix !== undefined && 'edits' in fix, 'the fix edits the file');
  return fix.edits;
}

export const applyFix = (text: string, fix: Fix | undefined): string => applyEdits(text, editsOf(fix));

/** A file, and the problem it must have. */
export interface Case {
  says: string;
  text: string;
  code: string;
  /** What the span covers. */
  at?: string;
  severity?: Problem['severity'];
  fatal?: boolean;
  /** Lines that the first fix makes of the file; each must stand in it. */
  fixed?: readonly string[];
  /** Lines that must be gone. */
  gone?: readonly string[];
  context?: Partial<AgentContext>;
  path?: string;
}

export function checkCases(cases: readonly Case[]): void {
  for (const { says, text, code, at, severity, fatal, fixed, gone, context, path } of cases) {
    test(says, () => {
      const problem = problemsOf(text, context, path).find((one) => one.code === code);
      assert.ok(
        problem,
        `${code} among ${problemsOf(text, context, path)
          .map((one) => one.code)
          .join(', ')}`,
      );
      if (at !== undefined) assert.equal(text.slice(problem.span.start, problem.span.end), at);
      if (severity !== undefined) assert.equal(problem.severity, severity);
      assert.equal(problem.fatal ?? false, fatal ?? false);
      if (fatal === true) assert.match(problem.message, /^Claude Code will ignore this agent because /);
      if (fixed === undefined && gone === undefined) return;
      const after = applyFix(text, problem.fixes?.[0]);
      for (const part of fixed ?? []) assert.ok(after.includes(part), `${JSON.stringify(part)} in ${JSON.stringify(after)}`);
      for (const part of gone ?? []) assert.ok(!after.includes(part), `${JSON.stringify(part)} not in ${JSON.stringify(after)}`);
      const left = problemsOf(after, context, path).filter((one) => one.code === code && one.message === problem.message);
      assert.deepEqual(left, [], `the fix leaves ${JSON.stringify(after)}`);
    });
  }
}
