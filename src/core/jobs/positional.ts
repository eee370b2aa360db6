const byPosition =
  /\[\s*(?:\d+|last\(\)[^\]]*|position\(\)[^\]]*)\s*\]|:nth-|:(?:first|last|only)-(?:child|of-type)|>>\s*nth=|:(?:first|last|eq)\b(?!-)/;

/**
 * Whether a way to find an element goes by its place among others. After a redesign it leads to another element without anyone noticing, so
 * it may confirm a choice and never make one.
 */
export function isPositional(candidate: { css?: string | undefined; xpath?: string | undefined }): boolean {
  const { xpath, css } = candidate;
  return byPosition.test(xpath ?? css ?? '') || (xpath !== undefined && /^\/(?!\/)/.test(xpath));
}
