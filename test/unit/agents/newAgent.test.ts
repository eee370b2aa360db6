import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { isKebab, refuseName, stemOf, toKebab } from '../../../src/core/agents/names.ts';
import {
  agentTemplates,
  copyAgent,
  fileNameOf,
  freeName,
  nameFromDescription,
  newAgent,
  renameAgent,
} from '../../../src/core/agents/newAgent.ts';
import { readMarkdown } from '../../../src/core/markdown/frontmatter.ts';
import { applyEdits } from '../../../src/core/markdown/textEdit.ts';
import { agentFile, agentText, problemsOf } from './agentFiles.ts';

describe('a new agent', () => {
  for (const template of agentTemplates) {
    test(`from the template “${template.label}” has no problem`, () => {
      const text = newAgent(template, 'my-agent');
      assert.deepEqual(problemsOf(text), []);
      const { agent } = agentFile(text);
      assert.deepEqual([agent.name, agent.description, agent.body], ['my-agent', template.description, template.body.trim()]);
    });
  }

  test('keeps a description of any text, whatever YAML thinks of it', () => {
    const blank = agentTemplates[0]!;
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.trim() === text && text !== ''),
        (description) => {
          const { document, agent } = agentFile(newAgent(blank, 'my-agent', description));
          assert.equal(document.frontmatter?.level, 'strict');
          assert.equal(agent.description, description);
        },
      ),
    );
  });

  test('gets a name from its description', () => {
    assert.equal(nameFromDescription('Reviews SQL migrations for locks. Use it often.'), 'reviews-sql-migrations');
    assert.equal(nameFromDescription('Use this agent when you need to write release notes'), 'write-release-notes');
    assert.equal(nameFromDescription('…'), 'agent');
    assert.equal(nameFromDescription('Prüft Übersetzungen'), 'pruft-ubersetzungen');
    assert.equal(nameFromDescription('Reviews code', new Set(['reviews-code'])), 'reviews-code-2');
    assert.equal(freeName('a', new Set(['a', 'a-2'])), 'a-3');
  });

  test('as a copy differs in the line with the name only', () => {
    const text = agentText('color: teal', 'odd: [1, 2] # kept').replace('name: tester', "name:   'tester' # me");
    const copy = copyAgent(readMarkdown(text), 'second');
    const changed = copy.split('\n').filter((line, index) => line !== text.split('\n')[index]);
    assert.deepEqual(changed, ["name:   'second' # me"]);
  });
});

describe('names', () => {
  test('are refused with the reason', () => {
    assert.match(refuseName('') ?? '', /empty/);
    assert.match(refuseName('-a') ?? '', /hyphen/);
    assert.match(refuseName('a:b') ?? '', /colon/);
    assert.match(refuseName('a'.repeat(65)) ?? '', /65 characters/);
    assert.match(refuseName('Code Reviewer') ?? '', /“code-reviewer”/);
    assert.equal(refuseName('code-reviewer-2'), undefined);
  });

  test('any text becomes a name that is not refused, or none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const name = toKebab(text);
        assert.ok(name === '' || (isKebab(name) && refuseName(name) === undefined), name);
      }),
    );
  });

  test('and files belong together', () => {
    assert.deepEqual([fileNameOf('a-b'), fileNameOf('Code Reviewer'), fileNameOf('…')], ['a-b.md', 'code-reviewer.md', 'agent.md']);
    assert.deepEqual([stemOf('/w/a.b.md'), stemOf('C:\\w\\x.MD')], ['a.b', 'x']);
  });

  test('renaming edits one value, and nothing when it is so already', () => {
    const text = agentText();
    assert.equal(applyEdits(text, renameAgent(readMarkdown(text), 'second')), text.replace('tester', 'second'));
    assert.deepEqual(renameAgent(readMarkdown(text), 'tester'), []);
    const nameless = '---\ndescription: b\n---\nx\n';
    assert.equal(applyEdits(nameless, renameAgent(readMarkdown(nameless), 'a')), '---\nname: a\ndescription: b\n---\nx\n');
  });
});
