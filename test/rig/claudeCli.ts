import { execFile } from 'node:child_process';
import path from 'node:path';
import * as z from 'zod';
import type { MessagesRequest } from './fakeAnthropic/request.ts';
import type { Rule, Script } from './fakeAnthropic/script.ts';
import { assertNoFaults, fakeAnthropic, saysOk } from './fakeAnthropic/server.ts';
import { claudeUnavailable, installClaude, type ClaudeVersion } from './installClaude.mjs';
import { tempWorkspace } from './tempWorkspace.ts';

/** For `skip` of a test: false when the CLI runs on this machine, else why not. */
export const skipWithoutClaude: string | false = claudeUnavailable() ?? false;

export interface ClaudeOptions {
  /** The working directory. */
  folder: string;
  /** The home folder, for what lies in its `.claude`; an empty one unless given. */
  home?: string;
  prompt?: string;
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** By default the answer is "ok". */
  script?: Script;
  version?: ClaudeVersion;
}

export interface ClaudeRun {
  /** The names in the line `system/init`, and the tools there. */
  init: z.infer<typeof initSchema>;
  /** What the CLI asked the API for, titles and warm-ups excluded. */
  requests: readonly MessagesRequest[];
  /** All lines of stdout, parsed. */
  lines: readonly unknown[];
}

const initSchema = z.object({
  type: z.literal('system'),
  subtype: z.literal('init'),
  claude_code_version: z.string(),
  agents: z.array(z.string()),
  skills: z.array(z.string()),
  slash_commands: z.array(z.string()),
  tools: z.array(z.string()),
});

/** With its own tools, 2.0.77 asks for each of its own agents beforehand. It may end before it has. */
const warmUp: Rule = { name: 'warm-up', when: { task: /^Warmup$/ } };

/**
 * Runs a pinned CLI, installed when it is missing, once and offline: about half a second, the oldest two. Fails when it says no init line, and
 * when anything that it asked was not as the script says.
 */
export async function runClaude(options: ClaudeOptions): Promise<ClaudeRun> {
  // npm runs every script in the root of the repository.
  const program = installClaude(process.cwd(), console.log, options.version);
  const { rules = [], ...script } = options.script ?? saysOk;
  await using fake = await fakeAnthropic({ ...script, rules: [warmUp, ...rules] });
  await using emptyHome = await tempWorkspace();
  const env = {
    // The oldest CLI, and a server over stdio, are started by the name of Node: it is the one that runs this.
    PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH ?? ''}`,
    HOME: options.home ?? emptyHome.folder,
    LANG: 'C.UTF-8',
    ANTHROPIC_BASE_URL: fake.url,
    ANTHROPIC_API_KEY: 'dummy-test-value',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    CLAUDE_CODE_MAX_RETRIES: '1',
    DISABLE_AUTOUPDATER: '1',
    DISABLE_ERROR_REPORTING: '1',
    DISABLE_TELEMETRY: '1',
    ...options.env,
  };
  const args = ['-p', '--output-format', 'stream-json', '--verbose', ...(options.args ?? [])];
  const { stdout, said } = await run(program, args, { cwd: options.folder, env, prompt: options.prompt ?? 'hi' });
  const lines = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
  const init = lines.map((line) => initSchema.safeParse(line)).find((parsed) => parsed.success)?.data;
  if (init === undefined) throw new Error(`The Claude CLI printed no init line. ${said}\n${stdout.slice(0, 2000)}`);
  assertNoFaults(fake.state());
  const requests = fake.asked.filter(({ rule }) => rule !== warmUp.name && rule !== 'side').map(({ request }) => request);
  return { init, requests, lines };
}

interface Started {
  cwd: string;
  env: NodeJS.ProcessEnv;
  prompt: string;
}

/** Whatever the exit code: a run that ends in an error has printed its init line before. */
function run(program: string, args: readonly string[], { cwd, env, prompt }: Started): Promise<{ stdout: string; said: string }> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { cwd, env, timeout: 60_000, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      resolve({ stdout, said: `${error?.message ?? ''}\n${stderr}`.trim() });
    });
    child.stdin?.end(prompt);
  });
}
