// Agents and CLAUDE.md: how long files take to be parsed and checked, 5,000 agents to be shown, instructions to be merged.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { benchArgs, benchPlaces, median, quantile, Report } from './report.ts';
import { prose, random } from './workload.ts';

const args = benchArgs();
const places = benchPlaces();
const report = new Report('claude');
const runs = args.runs ?? (args.quick ? 5 : 11);
const ours = 'ours';
const computed = ', processor time';
const samples = path.join(places.root, '..', 'shared', 'samples', 'claude');
const wanted = (part: string): boolean => args.only === undefined || args.only.includes(part);
/** Not below the repository: Claude Code, and so we, would look at what lies in the folders above. */
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'claudetask-bench-'));

function child(what: string, folder: string, { home = path.join(root, 'nobody'), file = '' } = {}): unknown {
  const run = spawnSync(process.execPath, [path.join(places.build, 'claude.process.cjs'), what, folder, file], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 26,
    env: { ...process.env, HOME: home, USERPROFILE: home, CLAUDE_CONFIG_DIR: '' },
  });
  if (run.status !== 0) throw new Error(`claude.process ${what} ended with ${run.signal ?? run.status}`);
  return JSON.parse(run.stdout);
}

function write(file: string, text: string | Uint8Array): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

// ---- agents

const next = random(3);
const among = (from: number, to: number): number => from + Math.floor(next() * (to - from));

/** Sizes as of real agents: half of them under 7 kB, nine of ten under 20 kB, the largest 67 kB. */
function agentSize(): number {
  const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return Math.round(Math.min(67_000, Math.max(400, 7000 * Math.exp(0.82 * normal))));
}

/** Headings, lists, code and prose. */
function markdown(bytes: number, extra: readonly string[] = []): string {
  const parts: string[] = [];
  for (let size = 0; size < bytes; size += (parts.at(-1)?.length ?? 0) + 1) {
    const kinds = [
      () => `## ${prose(next, 30)}\n`,
      () => `${prose(next, among(80, 400))}.\n`,
      () => `- **${prose(next, 12)}**: ${prose(next, 70)}\n- \`src/${prose(next, 5).trim()}.ts\`: ${prose(next, 50)}\n`,
      () => `\`\`\`ts\nconst a = await run('${prose(next, 20)}');\nif (a > 3) throw new Error(String(a));\n\`\`\`\n`,
      () => `${extra[among(0, extra.length)] ?? prose(next, 60)}\n`,
    ];
    parts.push((kinds[among(0, kinds.length)] ?? String)());
  }
  return parts.join('\n').slice(0, bytes);
}

/** Of real agents one of five is no strict YAML but is read after quoting, one of twenty is not, and as many have no frontmatter. */
function generatedAgent(i: number): string {
  const description =
    i % 5 === 1 ? `Use when: ${prose(next, among(60, 1800))} <example>user: "${prose(next, 40)}"</example>` : prose(next, among(60, 1800));
  const fields = [
    'name: agent',
    `description: ${description}`,
    ...(i % 3 === 0 ? [] : ['tools: Read, Grep, Glob, Bash, mcp__files__read']),
    ...(i % 2 === 0 ? ['model: sonnet', 'color: blue'] : ['model: gpt-4']),
    ...(i % 8 === 0 ? ['skills:', '  - known-skill-1', '  - known-skil-2'] : []),
    ...(i % 20 === 3 ? ['colors: [red', 'name: again'] : []),
  ];
  const body = markdown(agentSize(), ['Ask the Task tool for a review.', 'Use `Skill(known-skill-3)` before you begin.']);
  return i % 20 === 7 ? body : `---\n${fields.join('\n')}\n---\n\n${body}`;
}

interface AgentFile {
  stem: string;
  bytes: Buffer;
}

/** Each has the name of its file, in place of the one it had. */
function agentFiles(count: number): AgentFile[] {
  const folder = path.join(samples, 'agents');
  const real = fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
  const texts =
    real.length > 0
      ? real.map((name) => fs.readFileSync(path.join(folder, name), 'latin1'))
      : Array.from({ length: 500 }, (_, i) => generatedAgent(i));
  return Array.from({ length: count }, (_, i) => {
    const stem = `${(real[i % real.length] ?? 'agent.md').replace(/^.*__|\.md$/gi, '').toLowerCase()}-${i}`;
    return { stem, bytes: Buffer.from((texts[i % texts.length] ?? '').replace(/^name:[^\r\n]*/m, `name: ${stem}`), 'latin1') };
  });
}

/** A project around what Claude Code looks for: 300 folders of sources. */
function project(name: string): string {
  const folder = path.join(root, name);
  fs.mkdirSync(path.join(folder, '.git'), { recursive: true });
  write(path.join(folder, '.gitignore'), 'node_modules/\ndist/\n*.log\n');
  write(path.join(folder, 'package.json'), '{"name":"bench","scripts":{"build":"tsc","test":"node --test"}}\n');
  for (let i = 0; i < 300; i++)
    for (const file of ['index.ts', 'view.ts']) write(path.join(folder, 'src', `part-${i % 20}`, `unit-${i}`, file), '');
  return folder;
}

const sizes = (files: readonly AgentFile[]): string => {
  const all = files.map(({ bytes }) => bytes.length / 1000);
  return [0.5, 0.9, 1].map((q) => `${quantile(all, q).toFixed(1)} kB`).join(' / ');
};

interface Times {
  ms: number;
  /** Of the thread; unlike `ms` it does not grow when the machine is busy with other things. */
  cpu: number;
}
interface Watched extends Times {
  pause: number;
  busy: number;
}

/** Medians of both go into the report; the bars are for the clock on the wall. */
function add(run: number, n: number, what: string, { ms, cpu }: Times, subject = ours): void {
  report.add(run, { case: what, n, subject, unit: 'ms', value: ms });
  report.add(run, { case: what, n, subject: `${subject}${computed}`, unit: 'ms', value: cpu });
}

const p95 = (times: readonly Times[]): Times => ({
  ms: quantile(
    times.map(({ ms }) => ms),
    0.95,
  ),
  cpu: quantile(
    times.map(({ cpu }) => cpu),
    0.95,
  ),
});
const middle = (times: readonly Times[]): Times => ({ ms: median(times.map(({ ms }) => ms)), cpu: median(times.map(({ cpu }) => cpu)) });
const sum = (...times: Times[]): Times => times.reduce((a, b) => ({ ms: a.ms + b.ms, cpu: a.cpu + b.cpu }));
/** The longest pause as others felt it, and the longest piece of work of ours. */
const pauseOf = (...parts: Watched[]): Times => ({
  ms: Math.max(...parts.map(({ pause }) => pause)),
  cpu: Math.max(...parts.map(({ busy }) => busy)),
});

// ---- parts: each makes its files, and gives what one run of it does

function parsePart(): (run: number) => void {
  const files = agentFiles(500);
  const folder = path.join(root, 'agents');
  for (const { stem, bytes } of files) write(path.join(folder, `${stem}.md`), bytes);
  console.log(`500 agents, median / p90 / largest: ${sizes(files)}`);
  const subjects = {
    parse: ours,
    readAgent: 'ours without the checks',
    readMarkdown: 'our frontmatter parser alone',
    split: 'split at the fences and yaml',
    yaml: 'yaml alone, already split',
  };
  const cases = { ms: parsing, cpu: `${parsing}${computed}` } as const;
  for (const name of Object.values(cases)) report.compare(name, [subjects.yaml]);
  return (run) => {
    for (const [what, subject] of Object.entries(subjects)) {
      const { ms, cpu, count } = child(what, folder) as Times & { count: number };
      if (count === 0) throw new Error(`${what} found nothing`);
      report.add(run, { case: cases.ms, n: 500, subject, unit: 'ms', value: ms });
      report.add(run, { case: cases.cpu, n: 500, subject, unit: 'ms', value: cpu });
      if (run === 0 && what === 'yaml') console.log(`Strict yaml refuses ${count} of the 500.`);
    }
  };
}
const parsing = 'parse and check, cold process';

interface Typing {
  path: string;
  frontmatter: Times[];
  body: Times[];
}

function typingPart(): (run: number) => void {
  const files = agentFiles(500);
  const folder = path.join(root, 'typing');
  for (const { stem, bytes } of files) write(path.join(folder, `${stem}.md`), bytes);
  const withFields = files.filter(({ bytes }) => bytes.subarray(0, 3).toString() === '---').sort((a, b) => a.bytes.length - b.bytes.length);
  return (run) => {
    for (const [which, q] of Object.entries({ median: 0.5, p90: 0.9, largest: 1 })) {
      const one = withFields[Math.ceil(q * withFields.length) - 1];
      if (one === undefined) continue;
      const times = child('typing', folder, { file: path.join(folder, `${one.stem}.md`) }) as Typing;
      const title = `typing in the ${which} file (${Math.round(one.bytes.length / 1000)} kB), cold process`;
      add(run, 1, `${title}: frontmatter, p95`, p95(times.frontmatter));
      add(run, 1, `${title}: body, p95`, p95(times.body));
    }
    const all = (child('typingAll', folder) as Typing[]).map((one) => ({ path: one.path, times: [...one.frontmatter, ...one.body] }));
    add(run, 500, 'typing in each of 500 files: p95', p95(all.flatMap(({ times }) => times)));
    const medians = all.map((one) => ({ name: path.basename(one.path), ...middle(one.times) })).sort((a, b) => b.cpu - a.cpu);
    const [slowest] = medians;
    if (slowest !== undefined) add(run, 500, 'typing in each of 500 files: median of the slowest file', slowest);
    if (run > 0) return;
    const shown = medians.slice(0, 3).map(({ name, cpu }) => `${name} ${cpu.toFixed(1)} ms`);
    console.log(`Slowest to type in (processor time): ${shown.join(', ')}`);
  };
}

interface Tree {
  agents: number;
  firstLevel: Watched;
  firstPage: Watched;
  loaded: Watched;
  checked: Watched;
}

function treePart(count: number): (run: number) => void {
  const folder = project(`tree-${count}`);
  const home = `${folder}-home`;
  // Four of five in the project, in folders of a hundred; the others are the user's.
  agentFiles(count).forEach(({ stem, bytes }, i) => {
    write(path.join(i % 5 === 0 ? home : folder, '.claude', 'agents', `team-${Math.floor(i / 125)}`, `${stem}.md`), bytes);
  });
  return (run) => {
    // The first one warms the cache of the file system.
    if (run === 0) child('tree', folder, { home });
    const { agents, firstLevel, firstPage, loaded, checked } = child('tree', folder, { home }) as Tree;
    if (agents !== count) throw new Error(`${agents} agents were found, not ${count}`);
    add(run, count, 'Agents view: first level', firstLevel);
    add(run, count, 'Agents view: first level', child('floor', folder, { home }) as Times, 'list and lstat alone');
    add(run, count, 'then: contents of the first 300 rows', firstPage);
    add(run, count, 'then: all read', sum(firstPage, loaded));
    add(run, count, 'then: all checked', sum(firstPage, loaded, checked));
    add(run, count, 'longest pause of the event loop: first level', pauseOf(firstLevel));
    add(run, count, 'longest pause of the event loop: reading', pauseOf(firstPage, loaded));
    add(run, count, 'longest pause of the event loop: checking', pauseOf(checked));
  };
}

// ---- instructions

const extras = [
  'Run `npm run build` and then npm run check before a commit.',
  'See [the guide](docs/guide.md) and [the gone one](docs/gone.md#part).',
  'Uses @angular/core and writes to ann@example.org.',
  '<!-- for people only -->',
  '| a | b |\n| - | - |\n| `x` | 2 |',
];

/** Eight files with 60 kB: the user's, the project's, two imports, an import of an import, the local one and two rules. */
function generatedProject(): { folder: string; home: string } {
  const folder = project('preview');
  const home = `${folder}-home`;
  write(path.join(home, '.claude', 'CLAUDE.md'), markdown(6000, extras));
  write(path.join(folder, 'CLAUDE.md'), `@docs/architecture.md\n@docs/style.md\n\n${markdown(20_000, extras)}`);
  write(path.join(folder, 'CLAUDE.local.md'), markdown(2000, extras));
  write(path.join(folder, 'docs', 'architecture.md'), `@testing.md\n\n${markdown(10_000, extras)}`);
  write(path.join(folder, 'docs', 'style.md'), markdown(8000, extras));
  write(path.join(folder, 'docs', 'testing.md'), markdown(6000, extras));
  write(path.join(folder, '.claude', 'rules', 'api.md'), `---\npaths: ["src/**/*.ts"]\n---\n\n${markdown(4000, extras)}`);
  write(path.join(folder, '.claude', 'rules', 'general.md'), markdown(4000, extras));
  return { folder, home };
}

/** The largest real CLAUDE.md with all real rules, and the next one as the user's. */
function sampleProject(): { folder: string; home: string } | undefined {
  const from = path.join(samples, 'claude-md');
  if (!fs.existsSync(from)) return undefined;
  const bySize = fs
    .readdirSync(from)
    .map((name) => fs.readFileSync(path.join(from, name)))
    .sort((a, b) => b.length - a.length);
  const folder = project('sample');
  const home = `${folder}-home`;
  write(path.join(folder, 'CLAUDE.md'), bySize[0] ?? '');
  write(path.join(home, '.claude', 'CLAUDE.md'), bySize[1] ?? '');
  for (const name of fs.readdirSync(path.join(samples, 'rules')))
    write(path.join(folder, '.claude', 'rules', name), fs.readFileSync(path.join(samples, 'rules', name)));
  return { folder, home };
}

interface Preview {
  blocks: number;
  bytes: number;
  cold: Watched;
  again: Times[];
}
interface Check {
  bytes: number;
  problems: number;
  cold: Watched;
  typed: Times[];
}

function previewPart(): (run: number) => void {
  const generated = generatedProject();
  const sample = sampleProject();
  const large = project('large');
  write(path.join(large, 'CLAUDE.md'), `@docs/guide.md\n\n${markdown(40_000, extras)}`);
  write(path.join(large, 'docs', 'guide.md'), markdown(3000));
  const previews = { 'of 8 files, 60 kB': generated, ...(sample && { 'of real files': sample }) };
  const checks = {
    'CLAUDE.md of 40 kB': { folder: large, home: `${large}-home` },
    ...(sample && { 'the largest real CLAUDE.md': sample }),
  };
  return (run) => {
    for (const [which, { folder, home }] of Object.entries(previews)) {
      const found = child('preview', folder, { home, file: path.join(folder, 'src', 'part-1', 'unit-1', 'index.ts') }) as Preview;
      if (which.startsWith('of 8') && found.blocks !== 8) throw new Error(`The preview has ${found.blocks} files, not 8`);
      if (run === 0) console.log(`Merged preview ${which}: ${found.blocks} files, ${(found.bytes / 1000).toFixed(1)} kB`);
      add(run, 1, `merged preview ${which}: cold process`, found.cold);
      add(run, 1, `merged preview ${which}: after a change, median`, middle(found.again));
      add(run, 1, `merged preview ${which}: longest pause of the event loop`, pauseOf(found.cold));
    }
    for (const [which, { folder, home }] of Object.entries(checks)) {
      const found = child('check', folder, { home }) as Check;
      if (run === 0) console.log(`Check of ${which}: ${(found.bytes / 1000).toFixed(1)} kB, ${found.problems} problems`);
      add(run, 1, `check of ${which}: cold process`, found.cold);
      add(run, 1, `check of ${which}: while typing, p95`, p95(found.typed));
    }
  };
}

function bars(): void {
  const limits: [pattern: RegExp, limit: number][] = [
    [/^parse and check, cold process$/, 1000],
    [/^typing in .*p95$/, 15],
    [/^Agents view: first level/, 300],
    [/^merged preview .*: cold process$/, 100],
  ];
  for (const { case: name, n, subject, value, unit } of report.rows()) {
    const limit = limits.find(([pattern]) => pattern.test(name))?.[1];
    if (limit === undefined || subject !== ours) continue;
    const cpu = name === parsing ? report.value(`${name}${computed}`, n, ours) : report.value(name, n, `${ours}${computed}`);
    const files = n === 1 ? '' : `, ${n.toLocaleString('en')} files`;
    report.bar({ text: `${name}${files} (computed ${cpu.toFixed(1)} ms)`, got: value, limit, unit });
  }
}

function main(): void {
  const load = (): string =>
    os
      .loadavg()
      .map((x) => x.toFixed(1))
      .join(' ');
  console.log(`Load of the machine (1, 5, 15 minutes) before: ${load()}`);
  const makers = {
    parse: () => [parsePart()],
    typing: () => [typingPart()],
    tree: () => [treePart(5000), treePart(500)],
    preview: () => [previewPart()],
  };
  const parts = Object.entries(makers).flatMap(([part, make]) => (wanted(part) ? make() : []));
  for (let run = 0; run < runs; run++) {
    for (const part of parts) part(run);
    process.stderr.write(`bench: claude, run ${run + 1} of ${runs}\n`);
  }
  console.log(`Load after: ${load()}`);
  bars();
  process.exitCode = report.finish(args.json) ? 0 : 1;
}

try {
  main();
} finally {
  fs.rmSync(root, { recursive: true, force: true });
}
