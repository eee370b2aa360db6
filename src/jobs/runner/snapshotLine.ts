/** Blanks and case are a matter of taste of the site's author. */
export const normalName = (name: string): string => name.replaceAll(/\s+/g, ' ').trim().toLowerCase();

/** Role and name in the first line of an accessibility snapshot: `- button "Save RFI" [disabled]`. */
export function firstLine(snapshot: string): { role: string | null; name: string | null } {
  const line = snapshot.split('\n', 1)[0] ?? '';
  const [, role = '', quoted] = /^- '?([a-z]+)(?: ("(?:[^"\\]|\\.)*"))?/.exec(line) ?? [];
  if (role === '' || role === 'text') return { role: null, name: null };
  return { role, name: quoted === undefined ? null : unquoted(quoted) };
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text.slice(1, -1);
  }
}

/** A snapshot without what was typed and without queries: those of fields, whatever their kind. */
export function withoutTypedTexts(snapshot: string): string {
  return snapshot
    .split('\n')
    .map((line) =>
      line
        .replace(/^(\s*- '?(?:textbox|searchbox|spinbutton|combobox)\b(?: "(?:[^"\\]|\\.)*")?(?: \[[^\]]*\])*'?:) .*$/, '$1 •••')
        .replace(/^(\s*- \/url: "?[^?#"]*)[?#].*$/, '$1'),
    )
    .join('\n');
}
