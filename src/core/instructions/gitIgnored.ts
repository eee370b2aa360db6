import ignore from 'ignore';
import type { Problem } from '../problem.ts';
import { folderOf, foldersDownTo, isInside, nameOf, relativeInside } from '../filePath.ts';
import type { SourceFiles } from './sourceFiles.ts';

/** Whether git ignores a path, by `.git/info/exclude` and the `.gitignore` of every folder down to it; the user's own global file is not known. */
export function isGitIgnored(path: string, gitRoot: string, files: SourceFiles): boolean {
  const folders = foldersDownTo(folderOf(path)).filter((folder) => isInside(gitRoot, folder));
  const sources = [
    { folder: gitRoot, file: `${gitRoot}/.git/info/exclude` },
    ...folders.map((folder) => ({ folder, file: `${folder}/.gitignore` })),
  ];
  let ignored = false;
  for (const { folder, file } of sources) {
    const relative = relativeInside(folder, path);
    const text = files.read(file)?.text;
    if (text === undefined || relative === undefined || relative === '') continue;
    const rules = ignore({ ignorecase: false }).add(text);
    const result = rules.test(relative);
    // Nothing below brings back what lies in a folder that is ignored as a whole.
    if (result.ignored && relative.includes('/') && rules.ignores(`${folderOf(`/${relative}`).slice(1)}/`)) return true;
    if (result.ignored) ignored = true;
    else if (result.unignored) ignored = false;
  }
  return ignored;
}

/** For a file that is its author's own: a `CLAUDE.local.md`, or a file in `.claude/agent-memory-local`. Nothing to say outside the repository. */
export function ignoreProblems(path: string, { gitRoot, files }: { gitRoot: string | null; files: SourceFiles }): Problem[] {
  if (gitRoot === null || !isInside(gitRoot, path) || isGitIgnored(path, gitRoot, files)) return [];
  const line = path.includes('/.claude/agent-memory-local/') ? '.claude/agent-memory-local/' : nameOf(path);
  return [
    {
      code: 'local-not-ignored',
      severity: 'warning',
      message: `${nameOf(path)} is for you alone, and git does not ignore it: the next commit may take it along. Add ${line} to .gitignore.`,
      span: { start: 0, end: 0 },
      fixes: [
        {
          title: `Add ${line} to .gitignore`,
          kind: 'ignore-local',
          preferred: true,
          appendLine: { path: `${gitRoot}/.gitignore`, line },
        },
      ],
    },
  ];
}
