// One cold process of the claude bench. What it does is its first argument; what it found is one line of JSON.
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { createAgentModel } from '../../src/app/claudeModel/folderAgents.ts';
import { createClaudeCatalog } from '../../src/app/folderCatalog.ts';
import { InstructionModel } from '../../src/app/instructionModel.ts';
import type { Log, Store } from '../../src/app/ports.ts';
import { SourceSnapshot, type SourceDisk } from '../../src/app/sourceSnapshot.ts';
import { readAgent } from '../../src/core/agents/agent.ts';
import type { AgentContext } from '../../src/core/agents/agentContext.ts';
import { findAgentProblems } from '../../src/core/agents/agentProblems.ts';
import { stemOf } from '../../src/core/agents/names.ts';
import { builtInAgents } from '../../src/core/agents/precedence.ts';
import { toDocumentPath } from '../../src/core/claudePlaces.ts';
import { withSlashes } from '../../src/core/filePath.ts';
import { readImports } from '../../src/core/instructions/importGraph.ts';
import { findInstructionProblems } from '../../src/core/instructions/instructionProblems.ts';
import { renderPreview } from '../../src/core/instructions/mergedPreview.ts';
import type { SourceFiles } from '../../src/core/instructions/sourceFiles.ts';
import { decodeFile } from '../../src/core/markdown/fileText.ts';
import { readMarkdown } from '../../src/core/markdown/frontmatter.ts';
import { createFiles } from '../../src/files/diskFiles.ts';
import { look, workOff } from '../../src/files/listing.ts';
import { findPlaces } from '../../src/files/places.ts';
import { groupAgents } from '../../src/host/trees/agents/agentGroups.ts';
import { Burst } from '../../src/util/burst.ts';
import { Emitter } from '../../src/util/emitter.ts';

const [what = '', folder = '', file = ''] = process.argv.slice(2);
const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
const complain = (...words: unknown[]): void => console.error(...words);
const log: Log = { debug: () => undefined, info: () => undefined, warn: complain, error: complain };

const clocks: { cpuUsage(): NodeJS.CpuUsage; threadCpuUsage?(): NodeJS.CpuUsage } = process;
/**
 * Milliseconds that this thread has computed: on a machine that is busy with other things, a clock on the wall measures those. Linux counts
 * in ticks of up to 4 ms, so that a single short piece of work is not measured well.
 */
function processorTime(): number {
  const { user, system } = clocks.threadCpuUsage?.() ?? clocks.cpuUsage();
  return (user + system) / 1000;
}

// ---- parsing

interface AgentText {
  path: string;
  text: string;
}

const readText = (at: string): string => decodeFile(fs.readFileSync(at));
const readTexts = (): AgentText[] =>
  fs
    .readdirSync(folder)
    .sort()
    .map((name) => ({ path: `${folder}/${name}`, text: readText(`${folder}/${name}`) }));

/** What the model would know of all the others: the bench gives every agent the name of its file. */
function contextOf(files: readonly AgentText[]): AgentContext {
  const names = new Map(files.map((one) => [stemOf(one.path), [one.path]]));
  const skills = new Map(Array.from({ length: 50 }, (_, i) => [`known-skill-${i}`, { manualOnly: i % 10 === 0 }]));
  const agentNames = new Set([...builtInAgents, ...names.keys()]);
  return { isPlugin: false, sameTree: names, agentNames, skills, skillsFolder: '/w/.claude/skills', models: [] };
}

function diagnose({ path: at, text }: AgentText, context: AgentContext): number {
  const document = readMarkdown(text);
  return findAgentProblems({ path: at, document, agent: readAgent(document) }, context).length;
}

const split = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/;

/** Splits at the fences and parses what is between, as small libraries for front matter do. Throws where strict YAML does. */
function splitAndParse(text: string): { data: unknown; content: string } {
  const found = split.exec(text);
  return found === null ? { data: {}, content: text } : { data: parse(found[1] ?? ''), content: text.slice(found[0].length) };
}

/** 1 when it threw. */
function refused(work: () => unknown): number {
  try {
    work();
    return 0;
  } catch {
    return 1;
  }
}

/** All files once, one after another; `count` is what was found in them. */
function pass<T>(items: readonly T[], work: (item: T) => number): { ms: number; cpu: number; count: number } {
  const cpu = processorTime();
  const start = performance.now();
  const count = items.reduce((sum, item) => sum + work(item), 0);
  return { ms: performance.now() - start, cpu: processorTime() - cpu, count };
}

// ---- typing

/** Each breaks the frontmatter for a while: a colon and a blank, quotes and brackets that are still open, a key without its colon. */
const typedInValue = ' such as: "a [b]" # c';
const typedInField = '\nskills: [one, two]\ncolour: red';
const typedInBody = '\nAsk the Task tool, then `Skill(x)`. ';

const typedInInstructions = '\nSee @docs/new.md and [this](docs/gone.md): run `npm run check`. ';

/** From each keystroke to its diagnostics, in milliseconds. */
interface Keystroke {
  ms: number;
  cpu: number;
}
interface Typing {
  frontmatter: Keystroke[];
  body: Keystroke[];
}

/** With `step`, what is typed between two keystrokes that count. */
async function typeInto(text: string, place: number, typed: string, work: (text: string) => unknown, step = 1): Promise<Keystroke[]> {
  const times: Keystroke[] = [];
  for (let i = step; i <= typed.length; i += step) {
    // As an editor hands it over: one flat string, not a rope that the parser would have to flatten first.
    const edited = Buffer.from(`${text.slice(0, place)}${typed.slice(0, i)}${text.slice(place)}`).toString();
    const cpu = processorTime();
    const start = performance.now();
    await work(edited);
    times.push({ ms: performance.now() - start, cpu: processorTime() - cpu });
  }
  return times;
}

async function typing({ path: at, text }: AgentText, context: AgentContext, step?: number): Promise<Typing> {
  const end = text.startsWith('---') ? text.indexOf('\n---', 3) : -1;
  const value = /^description:.*$/m.exec(text.slice(0, Math.max(0, end)));
  const into = (place: number, typed: string) =>
    typeInto(text, place, typed, (edited) => diagnose({ path: at, text: edited }, context), step);
  return {
    frontmatter: [
      ...(value === null ? [] : await into(value.index + value[0].trimEnd().length, typedInValue)),
      ...(end === -1 ? [] : await into(end, typedInField)),
    ],
    body: await into(Math.floor((Math.max(0, end) + text.length) / 2), typedInBody),
  };
}

// ---- folders

interface Watched<T> {
  value: T;
  ms: number;
  cpu: number;
  /** The longest time for which no timer had its turn, and the most that was computed between two turns. */
  pause: number;
  busy: number;
}

async function watched<T>(work: () => Promise<T>): Promise<Watched<T>> {
  const period = 1;
  let [lastTurn, lastCpu, pause, busy] = [performance.now(), processorTime(), 0, 0];
  const turn = () => {
    const [now, cpu] = [performance.now(), processorTime()];
    pause = Math.max(pause, now - lastTurn - period);
    busy = Math.max(busy, cpu - lastCpu);
    [lastTurn, lastCpu] = [now, cpu];
  };
  const timer = setInterval(turn, period);
  const [start, startCpu] = [lastTurn, lastCpu];
  const value = await work();
  const [ms, cpu] = [performance.now() - start, processorTime() - startCpu];
  clearInterval(timer);
  turn();
  return { value, ms, cpu, pause, busy };
}

async function openCatalog() {
  const history = { store: undefined, onDidOpen: new Emitter<Store>().event, open: () => Promise.reject(new Error('No database here.')) };
  const files = createFiles(log);
  return createClaudeCatalog({ files, places: await findPlaces(folder), history, clock: { now: () => Date.now() }, log });
}

/** As the Agents view does: groups when the files are known, then the rows of its first page, then the rest in the background. */
async function tree(): Promise<void> {
  const { value: model, ...firstLevel } = await watched(async () => {
    const made = createAgentModel({ catalog: await openCatalog(), log });
    const redraw = new Burst<undefined>({ quiet: 60, longest: 250 }, () => void groupAgents(made));
    made.onDidChange(() => redraw.add([undefined]));
    await made.ready();
    groupAgents(made);
    return made;
  });
  const firstPage = await watched(() => model.prefer([...model.agents.keys()].slice(0, 300)));
  const loaded = await watched(() => model.loaded());
  const checked = await watched(() => model.checked());
  say({ agents: model.agents.size, firstLevel, firstPage, loaded, checked });
}

/** The same files listed and looked at, and nothing else done: no search for agents can be quicker by these calls. */
async function floor(): Promise<void> {
  let files = 0;
  const { ms, cpu } = await watched(async () => {
    for (const root of [folder, process.env['HOME'] ?? '']) {
      const entries = fs.readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.name.endsWith('.md'));
      files += entries.length;
      await workOff(entries, 32, async (entry) => void (await look(path.join(entry.parentPath, entry.name), false)));
    }
  });
  say({ files, ms, cpu });
}

/** The disk as the extension host asks it, with no document open. */
const disk: SourceDisk = {
  look: async (at) => {
    try {
      const [stat, real] = await Promise.all([fs.promises.stat(at), fs.promises.realpath(at)]);
      const realPath = withSlashes(real);
      const stamp = `${stat.mtimeMs}-${stat.size}-${stat.ino}`;
      if (stat.isFile()) return { kind: 'file', bytes: stat.size, stamp, realPath };
      return stat.isDirectory() ? { kind: 'folder', bytes: 0, stamp, realPath } : undefined;
    } catch {
      return undefined;
    }
  },
  read: async (at) => await fs.promises.readFile(at).catch(() => undefined),
  list: async (at) => await fs.promises.readdir(at).catch(() => []),
  edited: () => undefined,
};

async function preview(): Promise<void> {
  const changed = new Emitter<readonly string[]>();
  const sources = { snapshot: new SourceSnapshot(disk), onDidChange: changed.event, follow: () => undefined };
  const { value: model, ...opened } = await watched(async () => {
    const catalog = await openCatalog();
    return { catalog, instructions: new InstructionModel({ catalog, sources }) };
  });
  const show = async () => {
    const { catalog, instructions } = model;
    const blocks = await instructions.preview(file);
    const { text } = renderPreview(blocks, (at) => toDocumentPath(at, catalog.places) ?? at);
    return { blocks: blocks.length, bytes: Buffer.byteLength(text) };
  };
  const { value: shown, ...cold } = await watched(show);
  const again: Keystroke[] = [];
  for (let i = 0; i < 20; i++) {
    changed.fire([`${folder}/CLAUDE.md`]);
    const { ms, cpu } = await watched(show);
    again.push({ ms, cpu });
  }
  const { ms, cpu, pause, busy } = cold;
  say({
    ...shown,
    cold: { ms: opened.ms + ms, cpu: opened.cpu + cpu, pause: Math.max(opened.pause, pause), busy: Math.max(opened.busy, busy) },
    again,
  });
}

/** A CLAUDE.md as it is checked when it is opened, and at each keystroke. */
async function check(): Promise<void> {
  const { home, folder: workspace, repositoryRoot } = await findPlaces(folder);
  const snapshot = new SourceSnapshot(disk);
  const at = `${workspace}/CLAUDE.md`;
  const text = readText(at);
  const problemsOf = async (content: string) => {
    const work = (files: SourceFiles) => {
      const context = { files, home, workspace };
      const gitRoot = files.exists(`${repositoryRoot}/.git`) === undefined ? null : repositoryRoot;
      readImports(at, context);
      return findInstructionProblems(at, { ...context, kind: 'instructions', gitRoot, packageFiles: [`${workspace}/package.json`] });
    };
    const view = { text: content, bytes: Buffer.byteLength(content) };
    return (await snapshot.settle(work, { instead: new Map([[at, view]]) })).value.length;
  };
  const { value: problems, ...cold } = await watched(() => problemsOf(text));
  const place = text.indexOf('\n', text.length / 2);
  const typed = await typeInto(text, place, typedInInstructions, problemsOf);
  say({ bytes: Buffer.byteLength(text), problems, cold, typed });
}

async function main(): Promise<void> {
  switch (what) {
    case 'parse': {
      const files = readTexts();
      const context = contextOf(files);
      return say(pass(files, (one) => diagnose(one, context)));
    }
    case 'readMarkdown':
      return say(pass(readTexts(), ({ text }) => readMarkdown(text).frontmatter?.fields.length ?? 0));
    case 'readAgent':
      return say(pass(readTexts(), ({ text }) => readAgent(readMarkdown(text)).skills.length));
    case 'yaml':
      return say(
        pass(
          readTexts().map(({ text }) => split.exec(text)?.[1] ?? ''),
          (source) => refused(() => parse(source)),
        ),
      );
    case 'split':
      return say(pass(readTexts(), ({ text }) => refused(() => splitAndParse(text))));
    case 'typing': {
      const files = readTexts();
      return say(await typing({ path: file, text: readText(file) }, contextOf(files)));
    }
    case 'typingAll': {
      const files = readTexts();
      const context = contextOf(files);
      const found: (Typing & { path: string })[] = [];
      for (const one of files) found.push({ path: one.path, ...(await typing(one, context, 7)) });
      return say(found);
    }
    case 'tree':
      return await tree();
    case 'floor':
      return await floor();
    case 'preview':
      return await preview();
    case 'check':
      return await check();
    default:
      throw new Error(`Unknown: ${what}`);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 2;
});
