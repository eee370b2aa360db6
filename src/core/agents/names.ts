/** Why a name cannot be given to an agent or a skill; undefined when it can. */
export function refuseName(name: string): string | undefined {
  if (name === '') return 'The name is empty. Write lowercase letters, digits and hyphens.';
  if (name.startsWith('-')) return 'A name must not begin with a hyphen: Claude Code would ignore the file.';
  if (name.includes(':')) return 'A name must not contain a colon: Claude Code keeps it for plugins and would ignore the file.';
  if (name.length > 64) return `The name has ${name.length} characters; 64 are the most.`;
  if (!isKebab(name))
    return `Write the name with lowercase letters, digits and single hyphens, such as “${toKebab(name) || 'code-reviewer'}”.`;
  return undefined;
}

/** The documented form: lowercase letters, digits, single hyphens between. */
export const isKebab = (name: string): boolean => /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name);

/** The nearest name of the documented form; empty when nothing of the text can stand in a name. */
export function toKebab(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/['’]/g, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 64)
    .replace(/-$/, '');
}

/** The file's name without its folder and `.md`. */
export function stemOf(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  return name.replace(/\.md$/i, '');
}
