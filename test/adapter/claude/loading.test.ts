import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readAgent } from '../../../src/core/agents/agent.ts';
import { findDropReasons } from '../../../src/core/agents/dropped.ts';
import { decodeFile } from '../../../src/core/markdown/fileText.ts';
import { readMarkdown } from '../../../src/core/markdown/frontmatter.ts';
import { runClaude, skipWithoutClaude } from '../../rig/claudeCli.ts';
import { tempWorkspace } from '../../rig/tempWorkspace.ts';
import { loadingCases } from '../../unit/agents/loadingCases.ts';
import { toldOf } from './listing.ts';

const samples = join(process.cwd(), '..', 'shared', 'samples');
const folders = ['claude/agents', 'claude/derived', 'seeds'].map((folder) => join(samples, folder)).filter((folder) => existsSync(folder));

describe('which agents the real Claude CLI loads', { skip: skipWithoutClaude }, () => {
  test('is as the table says, with the same description and the same tools', async () => {
    await using project = await tempWorkspace(
      Object.fromEntries(loadingCases.map(({ unique, text }) => [`.claude/agents/${unique}.md`, text])),
    );
    const run = await runClaude({ folder: project.folder });
    const told = toldOf(run, 'agents');
    const wrong: string[] = [];
    for (const { says, unique, name, description, tools } of loadingCases) {
      const listed = run.init.agents.find((agent) => agent.trim().startsWith(unique) && !/^\d/.test(agent.trim().slice(unique.length)));
      const about = told.get(name ?? '') ?? '';
      const behind = tools === undefined ? '(Tools: ' : `(Tools: ${tools})`;
      if (listed !== (name ?? undefined)) wrong.push(`${says}: listed as ${JSON.stringify(listed)}`);
      else if (description !== undefined && !about.startsWith(`${description} ${behind}`.trim())) wrong.push(`${says}: told ${about}`);
    }
    assert.deepEqual(wrong, []);
  });

  test('is as we say of every sample', { skip: folders.length > 0 ? false : 'no samples beside the repository' }, async (t) => {
    const files = folders.flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.md'))
        .map((file) => ({ file, text: readFileSync(join(folder, file), 'latin1') })),
    );
    // Of several files with one name only one is listed, so that each gets a name of its own.
    const named = files.map(({ file, text }, index) => {
      const bytes = Buffer.from(text.replace(/^(name:[ \t]*["']?)(?=\w)/m, `$1n${index}-`), 'latin1');
      const document = readMarkdown(decodeFile(bytes));
      return { file, bytes, name: readAgent(document).name, loads: findDropReasons(document, file).length === 0 };
    });
    await using project = await tempWorkspace({ '.claude/agents/first.md': '' });
    for (const [index, { bytes }] of named.entries()) writeFileSync(project.file(`.claude/agents/${index}.md`), bytes);
    const { init } = await runClaude({ folder: project.folder });
    const wrong = named
      .filter(({ name, loads }) => init.agents.includes(name ?? '') !== loads)
      .map(({ file, name, loads }) => `${file} (${name}): we say it ${loads ? 'loads' : 'does not load'}`);
    t.diagnostic(`${named.length} files, ${named.filter(({ loads }) => !loads).length} of them ignored`);
    assert.deepEqual(wrong, []);
  });
});
