import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
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
        .map((name) => {
          const bytes = readFileSync(join(folder, name));
          const document = readMarkdown(decodeFile(bytes));
          return {
            file: name,
            text: bytes.toString(),
            name: readAgent(document).name,
            loads: findDropReasons(document, name).length === 0,
          };
        }),
    );
    // Of two files with one name only one is listed, so that they go into different projects.
    const batches: (typeof files)[] = [];
    for (const file of files) {
      const batch = batches.find((one) => !one.some(({ name }) => name === file.name));
      if (batch === undefined) batches.push([file]);
      else batch.push(file);
    }
    const wrong: string[] = [];
    for (const batch of batches) {
      await using project = await tempWorkspace(Object.fromEntries(batch.map(({ text }, index) => [`.claude/agents/${index}.md`, text])));
      const { init } = await runClaude({ folder: project.folder });
      for (const { file, name, loads } of batch) {
        if (init.agents.includes(name ?? '') !== loads) wrong.push(`${file} (${name}): we say it ${loads ? 'loads' : 'does not load'}`);
      }
    }
    t.diagnostic(`${files.length} files in ${batches.length} runs`);
    assert.deepEqual(wrong, []);
  });
});
