import * as z from 'zod';
import type { ClaudePlugin } from '../core/claudePlaces.ts';
import { withSlashes } from '../core/filePath.ts';

// Newer versions keep a list of installations for each plugin, older ones a single one.
const installation = z.object({ installPath: z.string().min(1) });
const installed = z.object({ plugins: z.record(z.string(), z.union([z.array(installation), installation])) });

/** The plugins that `~/.claude/plugins/installed_plugins.json` lists; none when it cannot be read. */
export function readInstalledPlugins(text: string): ClaudePlugin[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return [];
  }
  const list = installed.safeParse(parsed);
  if (!list.success) return [];
  const roots = new Map<string, ClaudePlugin>();
  for (const [id, found] of Object.entries(list.data.plugins)) {
    for (const { installPath } of Array.isArray(found) ? found : [found]) {
      const root = withSlashes(installPath).replace(/\/+$/, '');
      // `name@marketplace`; the same folder may serve several projects.
      roots.set(root, { name: id.split('@')[0] ?? id, root });
    }
  }
  return [...roots.values()];
}
