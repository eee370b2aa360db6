/** Every codicon the board draws. The build makes the font subset from this list, so an icon that is missing here is not shipped. */
export const boardIcons = [
  'add',
  'bell-dot',
  'bug',
  'calendar',
  'check',
  'checklist',
  'chevron-left',
  'chevron-right',
  'circle-slash',
  'close',
  'discard',
  'ellipsis',
  'error',
  'info',
  'person',
  'redo',
  'robot',
  'search',
  'sync',
  'warning',
] as const;
export type BoardIcon = (typeof boardIcons)[number];

/** Class names that draw an icon of the font. */
export function icon(name: BoardIcon): string {
  return `codicon codicon-${name}`;
}

/** The icon as the `::before` of an element that also holds text in the page's own font; `board.css` gives it the font. */
export function glyph(name: BoardIcon): string {
  return `codicon-${name}`;
}
