/** Every codicon the form draws. The build makes the font subset from this list and that of the board. */
export const formIcons = ['add', 'close', 'error', 'go-to-file', 'info', 'lightbulb', 'trash', 'warning'] as const;
export type FormIcon = (typeof formIcons)[number];

/** Class names that draw an icon of the font. */
export function icon(name: FormIcon): string {
  return `codicon codicon-${name}`;
}
