import { nearest } from '../nearest.ts';
import type { Problem } from '../problem.ts';
import type { Span } from '../markdown/textEdit.ts';
import { scanCode } from './codeLines.ts';
import { folderOf, resolvePath } from '../filePath.ts';
import type { ImportContext } from './importGraph.ts';
import type { FileView, SourceFiles } from './sourceFiles.ts';

const shells = new Set(['bash', 'sh', 'shell', 'zsh', 'console', 'shell-session', 'terminal', 'powershell', 'ps1', 'cmd', 'bat', 'fish']);
/** Someone elsewhere may have the script: another package, or only if it is there. */
const elsewhere = /\s(?:--prefix|-w|--workspaces?|-ws|-C|--cwd|--dir|-F|--filter|-r|--recursive|--if-present|-g|--global)\b|\bworkspace\s/;
const call = /\b(npm|pnpm|yarn|bun)[ \t]+(?:(run|run-script)[ \t]+)?((?:--?[\w-]+[ \t]+)*)([\w:.@/-]+)(?![\w:.@/*<{$[-])/g;

interface Scripts {
  names: ReadonlySet<string>;
  packages: ReadonlySet<string>;
}

/** Scripts that code spans and shell blocks run and no package.json has. */
export function scriptProblems(
  path: string,
  file: FileView,
  { files, packageFiles }: ImportContext & { packageFiles: readonly string[] },
): Problem[] {
  if (!/\b(?:npm|pnpm|yarn|bun)[ \t]+\w/.test(file.text)) return [];
  const problems: Problem[] = [];
  const everywhere = packageFiles.map((one) => scriptsAt(one, files)).filter((one) => one !== undefined);
  for (const region of scanCode(file.text)) {
    const language = region.fence?.language ?? null;
    if (language !== null && !shells.has(language)) continue;
    let folder: string | undefined = folderOf(path);
    for (const line of linesOf(file.text, region)) {
      for (const { start, text } of commandsOf(line)) {
        const moved = /^[ \t`>]*(?:\$[ \t]+)?cd(?:[ \t]+([^\s;&|]+))?/.exec(text);
        if (moved) folder = folder === undefined || moved[1] === undefined ? undefined : entered(folder, moved[1], files);
        else if (folder !== undefined && !elsewhere.test(text)) {
          const scripts = nearestScripts(folder, files);
          if (scripts !== undefined) problems.push(...unknownScripts(text, start, scripts, everywhere));
        }
      }
    }
  }
  return problems;
}

function* linesOf(text: string, region: Span): Generator<{ start: number; text: string }> {
  for (const match of text.slice(region.start, region.end).matchAll(/[^\r\n]+/g))
    yield { start: region.start + match.index, text: match[0] };
}

/** Without a comment behind it. */
function* commandsOf(line: { start: number; text: string }): Generator<{ start: number; text: string }> {
  const code = line.text.replace(/(?:^|\s)#.*$/, '');
  for (const match of code.matchAll(/[^;&|()]+/g)) yield { start: line.start + match.index, text: match[0] };
}

function entered(folder: string, to: string, files: SourceFiles): string | undefined {
  const next = resolvePath(folder, to.replace(/^(["'])(.*)\1$/, '$2').replaceAll('`', ''));
  return files.exists(next) === 'folder' ? next : undefined;
}

function unknownScripts(text: string, offset: number, scripts: Scripts, everywhere: readonly Scripts[]): Problem[] {
  const problems: Problem[] = [];
  for (const match of text.matchAll(call)) {
    const [all, manager = '', run, flags = '', rawName = ''] = match;
    const name = rawName.replace(/[.,:]+$/, '');
    if (name === '' || name.startsWith('-') || /[@/]|\.{2}/.test(name) || (manager === 'npm' && run === undefined)) continue;
    if (flags !== '' && run === undefined) continue;
    if (scripts.names.has(name) || everywhere.some((one) => one.names.has(name))) continue;
    const [near] = nearest(name, scripts.names);
    // Yarn, Bun and a bare pnpm run programs and files as well: only what looks like a mistyped script is told.
    const certain = run !== undefined && (manager === 'npm' || manager === 'pnpm');
    if (!certain && (near === undefined || builtIn.has(name) || scripts.packages.has(name))) continue;
    const start = offset + match.index + all.length - rawName.length;
    const span = { start, end: start + name.length };
    problems.push({
      code: 'unknown-script',
      severity: 'warning',
      message: `package.json has no script \`${name}\`: Claude would run a command that fails.${near === undefined ? '' : ` Did you mean \`${near}\`?`}`,
      span,
      fixes:
        near === undefined ? [] : [{ title: `Write ${near}`, kind: 'script-nearest', preferred: true, edits: [{ ...span, text: near }] }],
    });
  }
  return problems;
}

/** Commands of pnpm, Yarn and Bun that are near to what scripts are often called. */
const builtIn = new Set(
  'add audit bin build cache ci config create dedupe deploy dev dlx doctor env exec fetch help i import info init install link list login logout ls npm outdated pack patch plugin prune publish rebuild remove rm root run self-update server set setup start stop store test t unlink up update upgrade version versions view why workspace workspaces x'.split(
    ' ',
  ),
);

function nearestScripts(folder: string, files: SourceFiles): Scripts | undefined {
  for (let next = folder; ; next = folderOf(next)) {
    const path = `${next.endsWith('/') ? next : `${next}/`}package.json`;
    if (files.exists(path) === 'file') return scriptsAt(path, files);
    if (folderOf(next) === next) return undefined;
  }
}

const known = new WeakMap<FileView, Scripts | 'broken'>();

/** Undefined for what cannot be read or is not a package.json. */
function scriptsAt(path: string, files: SourceFiles): Scripts | undefined {
  const file = files.read(path);
  if (file === undefined) return undefined;
  const scripts = known.get(file) ?? parse(file.text) ?? 'broken';
  known.set(file, scripts);
  return scripts === 'broken' ? undefined : scripts;
}

function parse(text: string): Scripts | undefined {
  try {
    const json: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    if (!isRecord(json)) return undefined;
    const keys = (key: string) => (isRecord(json[key]) ? Object.keys(json[key]) : []);
    return { names: new Set(keys('scripts')), packages: new Set([...keys('dependencies'), ...keys('devDependencies')]) };
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
