/** Every codicon the page of a run draws. The build makes the font subset from this list and those of the other pages. */
export const runIcons = [
  'arrow-down',
  'bell',
  'check',
  'circle-outline',
  'circle-slash',
  'clock',
  'close',
  'debug-step-over',
  'error',
  'info',
  'pass',
  'play',
  'warning',
] as const;
export type RunIcon = (typeof runIcons)[number];

/** Class names that draw an icon of the font. */
export function icon(name: RunIcon): string {
  return `codicon codicon-${name}`;
}
