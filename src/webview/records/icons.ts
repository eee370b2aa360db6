/** Every codicon the page of records draws. The build makes the font subset from this list and those of the other pages. */
export const recordIcons = ['arrow-down', 'arrow-up', 'close', 'link-external', 'search', 'warning'] as const;
export type RecordIcon = (typeof recordIcons)[number];

/** Class names that draw an icon of the font. */
export function icon(name: RecordIcon): string {
  return `codicon codicon-${name}`;
}
