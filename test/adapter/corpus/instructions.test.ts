import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { decodeFile } from '../../../src/core/markdown/fileText.ts';
import { applyEdits } from '../../../src/core/markdown/textEdit.ts';
import { findImports } from '../../../src/core/instructions/imports.ts';
import { findInstructionProblems, type InstructionContext } from '../../../src/core/instructions/instructionProblems.ts';
import { instructionFiles } from '../../../src/core/instructions/loadOrder.ts';
import { mergeInstructions, renderPreview } from '../../../src/core/instructions/mergedPreview.ts';
import { readRegions } from '../../../src/core/instructions/markdownRegions.ts';
import { putManagedBlock, removeManagedBlock } from '../../../src/core/managedBlock.ts';
import { appendLogEntry, readAgentLog } from '../../../src/core/memory/agentLog.ts';
import { appendMemory, findMemoryProblems } from '../../../src/core/memory/agentMemory.ts';
import { findTaskLinks } from '../../../src/core/taskLinks.ts';
import { snapshot } from '../../unit/instructions/snapshot.ts';
import { root } from '../../unit/sources.ts';

const samples = path.join(root, '../shared/samples/claude');
const kinds = ['claude-md', 'rules', 'agent-memory', 'phr', 'adr', 'skills', 'derived'];

interface Sample {
  name: string;
  kind: string;
  text: string;
  flags: readonly string[];
}

/** Read only, and only what the list names: the files are data of others. */
function readSamples(): Sample[] {
  const rows = fs.readFileSync(path.join(samples, 'SOURCES.tsv'), 'utf8').trim().split('\n').slice(1);
  return rows
    .map((row) => row.split('\t'))
    .filter(([name = '']) => kinds.includes(name.split('/')[0]!) && name.endsWith('.md'))
    .map((columns) => ({
      name: columns[0]!,
      kind: columns[1]!,
      text: decodeFile(fs.readFileSync(path.join(samples, columns[0]!))),
      flags: (columns[7] ?? '').split(','),
    }));
}

const home = '/home/ann';
const workspace = '/work/app';

function contextOf(file: string, text: string): InstructionContext {
  const others = { [`${workspace}/package.json`]: '{"scripts":{"build":"x","test":"y"}}', [`${workspace}/AGENTS.md`]: 'x' };
  const packageFiles = [`${workspace}/package.json`];
  return { files: snapshot({ ...others, [file]: text }), home, workspace, kind: 'instructions', gitRoot: workspace, packageFiles };
}

describe('real files', { skip: fs.existsSync(samples) ? false : 'the samples are not beside the repository' }, () => {
  const all = fs.existsSync(samples) ? readSamples() : [];

  test('are there', () => assert.ok(all.length > 100, `${all.length} samples`));

  test('say where they import as the list of samples does', () => {
    const wrong = all
      .filter(({ kind }) => kind === 'claude-md')
      .filter(
        ({ text, flags }) =>
          findImports(text).some((ref) => ref.suspicion === null && !ref.path.endsWith('/')) !== flags.includes('imports'),
      )
      .map(({ name }) => name);
    assert.deepEqual(wrong, []);
  });

  test('have code, comments, links and headings in their places', () => {
    for (const { name, text } of all) {
      const { code, comments, links, headings } = readRegions(text);
      for (const region of code) {
        const first = text.charAt(region.start);
        assert.ok(
          region.kind === 'indented'
            ? /[ \t]/.test(first) || /^[ \t]/m.test(text.slice(region.start - 4, region.start))
            : /[`~]/.test(first),
          `${name}: ${region.start}`,
        );
      }
      for (const region of comments)
        assert.ok(text.startsWith('<!--', region.start) && (!region.closed || text.slice(0, region.end).endsWith('-->')), name);
      for (const region of links) assert.ok(/[[!<]/.test(text.charAt(region.start)), `${name}: ${text.slice(region.start, region.end)}`);
      for (const region of headings) assert.ok(region.level > 0 && region.end > region.start, name);
    }
  });

  test('have problems whose fixes change nothing but what they are about', () => {
    let fixes = 0;
    for (const { name, text } of all) {
      const file = `${workspace}/CLAUDE.md`;
      for (const problem of findInstructionProblems(file, contextOf(file, text))) {
        assert.ok(
          problem.span.start >= 0 && problem.span.end <= text.length && problem.span.start <= problem.span.end,
          `${name}: ${problem.code}`,
        );
        assert.match(problem.code, /^[a-z]+(-[a-z0-9]+)*$/);
        for (const fix of problem.fixes ?? []) {
          if (!('edits' in fix) || problem.code === 'mojibake') continue;
          fixes += 1;
          const [edit, ...more] = fix.edits;
          assert.ok(edit && more.length === 0, `${name}: ${problem.code} is mended by one edit`);
          const after = applyEdits(text, fix.edits);
          assert.ok(
            after !== text && after.startsWith(text.slice(0, edit.start)) && after.endsWith(text.slice(edit.end)),
            `${name}: ${problem.code}`,
          );
          const touched = text.slice(Math.min(edit.start, problem.span.start), Math.max(edit.end, problem.span.end));
          if (problem.code !== 'unclosed-fence') assert.ok(touched.split('\n').length <= 2, `${name}: ${problem.code} touches other lines`);
          const again = findInstructionProblems(file, contextOf(file, after)).filter(({ code }) => code === problem.code).length;
          const before = findInstructionProblems(file, contextOf(file, text)).filter(({ code }) => code === problem.code).length;
          assert.ok(again < before, `${name}: ${fix.title} leaves ${problem.code}`);
        }
      }
    }
    assert.ok(fixes > 20, `${fixes} fixes were tried`);
  });

  test('are merged, searched for tasks, read as memory and as logs', () => {
    for (const { name, text } of all) {
      const file = `${workspace}/CLAUDE.md`;
      const context = contextOf(file, text);
      const places = {
        folder: workspace,
        repositoryRoot: workspace,
        home,
        claudeHome: `${home}/.claude`,
        managed: '/etc/claude-code',
        plugins: [],
      };
      const blocks = mergeInstructions(instructionFiles({ places, files: context.files, found: [] }), context);
      const { blocks: runs, text: preview } = renderPreview(blocks);
      const lines = preview.split('\n');
      const source = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
      // Where it says nothing, the AGENTS.md beside it is read instead.
      for (const { startLine, sourceLine } of runs.filter((run) => run.source === file))
        assert.ok((source[sourceLine - 1] ?? '').trimEnd().endsWith((lines[startLine - 1] ?? '').trimEnd()), `${name}: ${startLine}`);
      for (const { span, id } of findTaskLinks(text)) assert.equal(text.slice(span.start, span.end), `#${id}`);
      findMemoryProblems(text, ['a.md']);
      readAgentLog(text);
      for (const edits of [appendMemory(text, '- x'), appendLogEntry(text, { date: '2026-01-01', task: 'x', sections: [] })]) {
        assert.ok(
          edits.every((edit) => edit.start === edit.end),
          name,
        );
      }
    }
  });

  test('keep every byte when a task’s block comes and goes', () => {
    for (const { name, text } of all) {
      for (const at of [0, text.length >> 1, undefined]) {
        const added = putManagedBlock(text, 12, 'x', at);
        assert.ok('edits' in added, name);
        const after = applyEdits(text, added.edits);
        const removed = removeManagedBlock(after, 12);
        assert.ok('edits' in removed, name);
        // A block put into a code block is not found again, and so not removed.
        assert.equal(removed.edits.length === 0 ? text : applyEdits(after, removed.edits), text, name);
      }
    }
  });
});
