import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { agentFields } from '../../src/core/agents/agentFields.ts';
import { readMarkdown } from '../../src/core/markdown/frontmatter.ts';
import { ruleFields } from '../../src/core/rules/ruleFields.ts';
import { skillFields } from '../../src/core/skills/skillFields.ts';
import { hoverFrontmatter } from '../../src/core/suggestions/frontmatterHover.ts';
import { suggestFrontmatter, type Suggestion, type SuggestionSources } from '../../src/core/suggestions/frontmatterSuggestions.ts';

const sources: SuggestionSources = {
  skills: [
    { name: 'pdf', description: 'Reads PDF files.' },
    { name: 'release', description: null },
  ],
  agents: [
    { name: 'Explore', description: 'Comes with Claude Code.' },
    { name: 'reviewer', description: 'Reviews code.' },
  ],
  mcpTools: ['mcp__git__log', 'mcp__git__diff'],
  models: ['claude-sonnet-4-20250514'],
};

/** The place of `|`, and the text without it. */
function at(marked: string): { text: string; offset: number } {
  const offset = marked.indexOf('|');
  return { text: marked.slice(0, offset) + marked.slice(offset + 1), offset };
}

function suggest(marked: string, specs = agentFields): Suggestion[] {
  const { text, offset } = at(marked);
  return suggestFrontmatter(text, offset, specs, sources);
}
const labels = (marked: string, specs = agentFields) => suggest(marked, specs).map(({ label }) => label);

/** What the text becomes when the suggestion of that label is taken. */
function take(marked: string, label: string, specs = agentFields): string {
  const { text } = at(marked);
  const found = suggest(marked, specs).find((one) => one.label === label);
  assert.ok(found, `${label} is suggested`);
  return text.slice(0, found.span.start) + found.insert + text.slice(found.span.end);
}

describe('completion of field names', () => {
  test('offers the fields that are not there yet', () => {
    const found = labels('---\nname: a\n|\ndescription: b\n---\n');
    assert.ok(found.includes('tools') && found.includes('color'));
    assert.ok(!found.includes('name') && !found.includes('description'));
  });

  test('offers the one that is being typed over', () => assert.ok(labels('---\nmod|el: opus\n---\n').includes('model')));

  test('writes a list of skills as lines and tools on one line', () => {
    assert.equal(take('---\nname: a\nsk|\n---\n', 'skills'), '---\nname: a\nskills:\n  - \n---\n');
    assert.equal(take('---\nname: a\nto|\n---\n', 'tools'), '---\nname: a\ntools: \n---\n');
    assert.equal(take('---\n|\n---\n', 'paths', ruleFields), '---\npaths:\n  - \n---\n');
  });

  test('leaves the colon and the value that follow', () =>
    assert.equal(take('---\nmod|: opus\n---\n', 'model'), '---\nmodel: opus\n---\n'));

  test('works while the frontmatter is not closed', () => assert.ok(labels('---\nname: a\n|').includes('tools')));

  test('offers nothing in the body, on the fences and without frontmatter', () => {
    assert.deepEqual(labels('---\nname: a\n---\nto|'), []);
    assert.deepEqual(labels('|---\nname: a\n---\n'), []);
    assert.deepEqual(labels('---\nname: a\n---|\n'), []);
    assert.deepEqual(labels('to|'), []);
  });

  test('offers nothing inside of a block of text or a structure', () => {
    assert.deepEqual(labels('---\ndescription: |\u200b\n  wor|\n---\n'.replace('|\u200b', '>')), []);
    assert.deepEqual(labels('---\nhooks:\n  PreTool|\n---\n'), []);
  });

  test('knows Windows line ends', () =>
    assert.equal(take('---\r\nname: a\r\nto|\r\n---\r\n', 'tools'), '---\r\nname: a\r\ntools: \r\n---\r\n'));
});

describe('completion of values', () => {
  test('offers the choices of a field, with what they mean', () => {
    const found = suggest('---\nmemory: |\n---\n');
    assert.deepEqual(
      found.map(({ label }) => label),
      ['user', 'project', 'local'],
    );
    assert.match(found[0]?.detail ?? '', /all projects/);
  });

  test('replaces the whole value, also in quotes and before a comment', () => {
    assert.equal(take('---\ncolor: re|d\n---\n', 'blue'), '---\ncolor: blue\n---\n');
    assert.equal(take('---\ncolor: "re|d" # loud\n---\n', 'blue'), '---\ncolor: "blue" # loud\n---\n');
  });

  test('offers models that other agents name', () =>
    assert.deepEqual(labels('---\nmodel: |\n---\n').slice(-2), ['inherit', 'claude-sonnet-4-20250514']));

  test('offers true and false', () => assert.deepEqual(labels('---\nbackground: |\n---\n'), ['true', 'false']));

  test('offers the agents that can run a skill', () =>
    assert.deepEqual(labels('---\ncontext: fork\nagent: |\n---\n', skillFields), ['Explore', 'reviewer']));

  test('offers nothing for text, right behind the colon and in a comment', () => {
    assert.deepEqual(labels('---\ndescription: re|\n---\n'), []);
    assert.deepEqual(labels('---\ncolor:|\n---\n'), []);
    assert.deepEqual(labels('---\ncolor: red # re|\n---\n'), []);
  });
});

describe('completion of lists', () => {
  for (const [form, marked, expected] of [
    ['a line with commas', '---\ntools: Read, Gr|\n---\n', '---\ntools: Read, Grep\n---\n'],
    ['the middle of a line', '---\ntools: Read, Gl|ob, Bash\n---\n', '---\ntools: Read, Grep, Bash\n---\n'],
    ['a quoted line', '---\ntools: "Read, Gr|"\n---\n', '---\ntools: "Read, Grep"\n---\n'],
    ['brackets', '---\ntools: [Read, Gr|]\n---\n', '---\ntools: [Read, Grep]\n---\n'],
    ['quotes in brackets', '---\ntools: ["Read", "Gr|"]\n---\n', '---\ntools: ["Read", "Grep"]\n---\n'],
    ['brackets over several lines', '---\ntools: [\n  Read,\n  Gr|\n]\n---\n', '---\ntools: [\n  Read,\n  Grep\n]\n---\n'],
    ['lines', '---\ntools:\n  - Read\n  - Gr|\n---\n', '---\ntools:\n  - Read\n  - Grep\n---\n'],
    ['lines without indentation', '---\ntools:\n- Read\n- |\nmodel: opus\n---\n', '---\ntools:\n- Read\n- Grep\nmodel: opus\n---\n'],
    ['a quoted item', "---\ntools:\n  - 'Gr|' # search\n---\n", "---\ntools:\n  - 'Grep' # search\n---\n"],
  ] as const) {
    test(`replaces the item in ${form}`, () => assert.equal(take(marked, 'Grep'), expected));
  }

  test('separates by blanks where the field does', () =>
    assert.equal(take('---\nallowed-tools: Read Gr| Bash\n---\n', 'Grep', skillFields), '---\nallowed-tools: Read Grep Bash\n---\n'));

  test('does not offer what the list has', () => {
    const found = labels('---\ntools: Read, |, Bash\n---\n');
    assert.ok(found.includes('Grep') && !found.includes('Read') && !found.includes('Bash'));
    assert.deepEqual(labels('---\nskills:\n  - pdf\n  - |\n---\n'), ['release']);
  });

  test('offers MCP servers and tools that other files name', () => {
    const found = labels('---\ntools: mcp|\n---\n');
    assert.deepEqual(
      found.filter((label) => label.startsWith('mcp__')),
      ['mcp__git', 'mcp__git__log', 'mcp__git__diff'],
    );
  });

  test('offers agents in the parentheses of Agent', () => {
    assert.deepEqual(labels('---\ntools: Read, Agent(|)\n---\n'), ['Explore', 'reviewer']);
    assert.equal(take('---\ntools: Agent(Explore, re|)\n---\n', 'reviewer'), '---\ntools: Agent(Explore, reviewer)\n---\n');
  });

  test('offers nothing for a map in a list', () => assert.deepEqual(labels('---\ntools:\n  - name: re|\n---\n'), []));
});

describe('hover in frontmatter', () => {
  const hover = (marked: string, specs = agentFields) => {
    const { text, offset } = at(marked);
    return hoverFrontmatter(readMarkdown(text), offset, specs, sources);
  };

  test('explains a field, with its values', () => {
    const text = hover('---\nname: a\nmem|ory: user\n---\n')?.text ?? '';
    assert.match(text, /^\*\*memory\*\*\n\n/);
    assert.match(text, /- `local`: /);
  });

  test('explains a tool, whatever its form', () => {
    assert.match(hover('---\ntools: Read, Gr|ep\n---\n')?.text ?? '', /^\*\*Grep\*\*: Searches/);
    assert.match(hover('---\ntools:\n  - Bash(git di|ff *)\n---\n')?.text ?? '', /^\*\*Bash\*\*/);
    assert.match(hover('---\ntools: Ta|sk\n---\n')?.text ?? '', /old name of `Agent`/);
    assert.match(hover('---\ntools: mcp__gi|t\n---\n')?.text ?? '', /MCP server `git`/);
  });

  test('shows what a skill and an agent are for, and the range of one item', () => {
    const found = hover('---\nskills: [release, p|df]\n---\n');
    assert.equal(found?.text, 'Skill **pdf**: Reads PDF files.');
    assert.deepEqual(found?.span, { start: 22, end: 25 });
    assert.equal(hover('---\nagent: revi|ewer\n---\n', skillFields)?.text, 'Agent **reviewer**: Reviews code.');
  });

  test('says nothing of unknown names, text and the body', () => {
    assert.equal(hover('---\ntools: Fo|o\n---\n'), undefined);
    assert.equal(hover('---\ndescription: re|\n---\n'), undefined);
    assert.equal(hover('---\nname: a\n---\ntools: Re|ad\n'), undefined);
  });
});
