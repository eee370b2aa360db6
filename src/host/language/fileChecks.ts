import * as vscode from 'vscode';
import { readExcludes, type Sources } from '../../app/instructionModel.ts';
import { OutsideApproval } from '../../app/outsideApproval.ts';
import { readAgent } from '../../core/agents/agent.ts';
import { findAgentProblems } from '../../core/agents/agentProblems.ts';
import { classify } from '../../core/claudePlaces.ts';
import { ignoreProblems } from '../../core/instructions/gitIgnored.ts';
import { type ImportContext, type ImportNode, readImports } from '../../core/instructions/importGraph.ts';
import { findInstructionProblems, type InstructionContext } from '../../core/instructions/instructionProblems.ts';
import { folderOf, isInside } from '../../core/filePath.ts';
import type { FileView, SourceFiles } from '../../core/instructions/sourceFiles.ts';
import { readMarkdown } from '../../core/markdown/frontmatter.ts';
import { findMemoryProblems } from '../../core/memory/agentMemory.ts';
import type { Problem } from '../../core/problem.ts';
import { findRuleProblems } from '../../core/rules/ruleProblems.ts';
import { placeOf, readSkill } from '../../core/skills/skill.ts';
import { findSkillProblems } from '../../core/skills/skillProblems.ts';
import type { ClaudeFolder } from '../claude/claudeFolders.ts';
import type { Subject } from './subjects.ts';

export interface CheckedFile {
  subject: Subject;
  /** What was looked at; spans are places in it. */
  text: string;
  problems: readonly Problem[];
  /** Of files that may import others. */
  imports: readonly ImportNode[];
  /** Paths of other files that the problems follow from, and of the folders above them. */
  asked: ReadonlySet<string>;
}

const none: ReadonlySet<string> = new Set();
const runsScript = /\b(?:npm|pnpm|yarn|bun)[ \t]+\w/;

/** Finds the problems of one file, whatever kind it is. */
export class FileChecks {
  readonly #sources: Sources;
  readonly #excludes = new WeakMap<ClaudeFolder, Promise<readonly string[]>>();
  readonly #approvals = new WeakMap<ClaudeFolder, OutsideApproval>();
  readonly #packages = new Map<string, Promise<readonly string[]>>();

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** There may be another package.json. */
  forgetPackages(): void {
    this.#packages.clear();
  }

  /** A settings file of the folder has changed. */
  forgetSettings(folder: ClaudeFolder): void {
    this.#excludes.delete(folder);
  }

  /** What is needed to follow the imports of a file, once the files are at hand. */
  async importContext({ folder, path, kind }: Subject): Promise<(files: SourceFiles) => ImportContext> {
    const reading = this.#excludes.get(folder) ?? readExcludes(folder.catalog);
    this.#excludes.set(folder, reading);
    const { places } = folder.catalog;
    const approval = this.#approvals.get(folder) ?? new OutsideApproval(places, this.#sources.snapshot.disk);
    this.#approvals.set(folder, approval);
    const [excludes, isApproved] = await Promise.all([reading, approval.read()]);
    const { home, folder: workspace } = places;
    // The user's own files import from everywhere, and so does what they import: without approval nothing else leads out.
    const isUsers = classify(path, places)?.scope.kind === 'user' || (kind === 'imported' && !isInside(workspace, path));
    return (files) => ({ files, home, workspace, excludes, outsideApproved: isApproved || isUsers });
  }

  /** Throws the reason of the signal. */
  async check(subject: Subject, view: FileView, signal?: AbortSignal): Promise<CheckedFile> {
    const { text } = view;
    const found = { subject, text, imports: [], asked: none };
    switch (subject.kind) {
      case 'agent': {
        const document = readMarkdown(text);
        const file = { path: subject.path, document, agent: readAgent(document) };
        return { ...found, problems: findAgentProblems(file, subject.folder.agents.contextFor(subject.path)) };
      }
      case 'skill':
      case 'command': {
        const document = readMarkdown(text);
        const place = placeOf(subject.path);
        const file = { path: subject.path, document, skill: readSkill(document, 'command' in place ? place.command : '') };
        return { ...found, problems: findSkillProblems(file, subject.folder.agents.skillContextFor(subject.path)) };
      }
      case 'memory':
        return await this.#checkMemory(subject, view, signal);
      case 'rule':
      case 'instructions':
      case 'imported':
        return await this.#checkInstructions(subject, view, signal);
    }
  }

  async #checkMemory(subject: Subject, view: FileView, signal: AbortSignal | undefined): Promise<CheckedFile> {
    const { path, folder } = subject;
    await folder.agents.ready();
    const files = folder.agents.memory.find((memory) => `${memory.path}/MEMORY.md` === path)?.files ?? [];
    const own = findMemoryProblems(view.text, files);
    const { value, asked } = await this.#settle(subject, view, signal, (context) => [
      // Claude Code follows no imports in a memory.
      ...findInstructionProblems(path, { ...context, kind: 'text' }).filter(({ code }) => !code.startsWith('import-')),
      ...(path.includes('/agent-memory-local/') ? ignoreProblems(path, context) : []),
    ]);
    return { subject, text: view.text, problems: [...own, ...value].sort((a, b) => a.span.start - b.span.start), imports: [], asked };
  }

  async #checkInstructions(subject: Subject, view: FileView, signal: AbortSignal | undefined): Promise<CheckedFile> {
    const { path, kind } = subject;
    const own = kind === 'rule' ? findRuleProblems(readMarkdown(view.text)) : [];
    const { value, asked } = await this.#settle(subject, view, signal, (context) => ({
      problems: findInstructionProblems(path, { ...context, kind: kind === 'rule' || kind === 'instructions' ? kind : 'text' }),
      imports: readImports(path, context),
    }));
    const problems = [...own, ...value.problems].sort((a, b) => a.span.start - b.span.start);
    return { subject, text: view.text, problems, imports: value.imports, asked };
  }

  async #settle<T>(
    subject: Subject,
    view: FileView,
    signal: AbortSignal | undefined,
    work: (context: Omit<InstructionContext, 'kind'>) => T,
  ) {
    const { path, folder } = subject;
    const { repositoryRoot } = folder.catalog.places;
    const packageFiles = runsScript.test(view.text) ? await this.#packageFiles(folder) : [];
    const imports = await this.importContext(subject);
    const context = (files: SourceFiles) => ({
      ...imports(files),
      gitRoot: files.exists(`${repositoryRoot}/.git`) === undefined ? null : repositoryRoot,
      packageFiles,
    });
    const options = { instead: new Map([[path, view]]), ...(signal === undefined ? {} : { signal }) };
    const settled = await this.#sources.snapshot.settle((files) => work(context(files)), options);
    const { folder: workspace } = folder.catalog.places;
    this.#sources.follow([...settled.asked].filter((one) => !isInside(workspace, one)));
    return { value: settled.value, asked: withFolders(settled.asked) };
  }

  #packageFiles({ tasks }: ClaudeFolder): Promise<readonly string[]> {
    const known = this.#packages.get(tasks.key) ?? findPackages(tasks.folder);
    this.#packages.set(tasks.key, known);
    return known;
  }
}

/** A folder that has appeared or gone is told without what lies in it. */
function withFolders(paths: ReadonlySet<string>): Set<string> {
  const all = new Set(paths);
  for (const path of paths) for (let folder = folderOf(path); !all.has(folder); folder = folderOf(folder)) all.add(folder);
  return all;
}

async function findPackages(folder: vscode.WorkspaceFolder): Promise<readonly string[]> {
  const found = await vscode.workspace.findFiles(new vscode.RelativePattern(folder, '**/package.json'), '**/node_modules/**', 500);
  return found.map(({ fsPath }) => fsPath.replaceAll('\\', '/'));
}
