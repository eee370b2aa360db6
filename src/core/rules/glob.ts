/** Claude Code refuses a glob whose braces stand for more than this. */
export const maxExpansions = 1000;

/** How many globs the braces stand for: `{a,b}/{c,d}` is four. Gives up counting above a million. */
export function braceExpansions(glob: string): number {
  // One frame per open brace: what the alternatives before the last comma add up to, and the product since then.
  const frames = [{ sum: 0, product: 1, from: 0 }];
  const most = 1e6;
  for (let at = 0; at < glob.length; at++) {
    const char = glob.charAt(at);
    const frame = frames.at(-1);
    if (frame === undefined) break;
    if (char === '\\') at++;
    else if (char === '{') frames.push({ sum: 0, product: 1, from: at + 1 });
    else if (char === ',' && frames.length > 1) {
      frame.sum += frame.product;
      frame.product = 1;
    } else if (char === '}' && frames.length > 1) {
      frames.pop();
      const outer = frames.at(-1);
      const range = /^(-?\d{1,9})\.\.(-?\d{1,9})(?:\.\.(\d{1,9}))?$/.exec(glob.slice(frame.from, at));
      const count =
        range === null
          ? frame.sum + frame.product
          : Math.floor(Math.abs(Number(range[2]) - Number(range[1])) / Math.max(1, Number(range[3] ?? 1))) + 1;
      if (outer !== undefined) outer.product = Math.min(most, outer.product * count);
    }
  }
  return frames[0]?.product ?? 1;
}

/** Where a `[` stands without the backslash that it needs; offsets into `glob`. */
export function unescapedBrackets(glob: string): number[] {
  const found: number[] = [];
  for (let at = 0; at < glob.length; at++) {
    if (glob.charAt(at) === '\\') at++;
    else if (glob.charAt(at) === '[') found.push(at);
  }
  return found;
}
