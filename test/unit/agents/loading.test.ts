import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findDropReasons } from '../../../src/core/agents/dropped.ts';
import { readMarkdown } from '../../../src/core/markdown/frontmatter.ts';
import { withLineEnds } from '../../../src/core/markdown/escapes.ts';
import { applyFix, agentFile, problemsOf } from './agentFiles.ts';
import { loadingCases } from './loadingCases.ts';

const path = '/w/.claude/agents/a.md';

describe('which agents Claude Code loads', () => {
  for (const { says, text, name, description, tools } of loadingCases) {
    test(says, () => {
      const reasons = findDropReasons(readMarkdown(text), path);
      assert.equal(reasons.length === 0, name !== null, reasons.map((reason) => reason.because).join('; ') || 'no reason is given');
      const { agent } = agentFile(text);
      if (name !== null) assert.equal(agent.name, name);
      if (description !== undefined) assert.equal(withLineEnds(agent.description ?? ''), description);
      if (tools !== undefined) assert.equal(agent.tools?.map((tool) => tool.text).join(', '), tools);
    });
  }

  test('a file that is ignored is said to be, in an error with the reason', () => {
    for (const { text, name, says } of loadingCases) {
      const fatal = problemsOf(text, {}, path).filter((problem) => problem.fatal === true);
      assert.equal(fatal.length > 0, name === null, says);
      for (const { message } of fatal) assert.match(message, /^Claude Code will ignore this agent because .*\./, says);
    }
  });

  test('with the first fix of each reason, one after the other, nearly every file loads', () => {
    const left = loadingCases.filter(({ text }) => {
      let now = text;
      for (let round = 0; round < 4; round++) {
        const fix = findDropReasons(readMarkdown(now), path)[0]?.fixes[0];
        if (fix === undefined) break;
        now = applyFix(now, fix);
      }
      return findDropReasons(readMarkdown(now), path).length > 0;
    });
    // What a hook should be is for its author to say, and so are fields behind three dots.
    assert.deepEqual(
      left.filter(({ text }) => !/^hooks:/m.test(text)).map(({ says }) => says),
      [],
    );
  });
});
