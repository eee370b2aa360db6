/** Claude Code refuses a glob whose braces stand for more than this. */
export const maxExpansions = 1000;

/** How many globs the braces stand for: `{a,b}/{c,d}` is four. Gives up counting above a million. */
export function braceExpansions(glob: string): number {
  // One frame per open brace: what the alternatives before the last comma add up to, and the product since then.
  const frames = [{ sum: 0, product: 1 }];
  const most = 1e6;
  for (let at = 0; at < glob.length; at++) {
    const char = glob.charAt(at);
    const frame = frames.at(-1);
    if (frame === undefined) break;
    if (char === '\\') at++;
    else if (char === '{') frames.push({ sum: 0, product: 1 });
    else if (char === ',' && frames.length > 1) {
      frame.sum += frame.product;
      frame.product = 1;
    } else if (char === '}' && frames.length > 1) {
      frames.pop();
      const outer = frames.at(-1);
      const count = frame.sum + frame.product;
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

/** The globs that the braces stand for. Braces that are not closed or stand for more than `maxExpansions` stay as they are. */
export function expandBraces(glob: string): string[] {
  if (!glob.includes('{') || braceExpansions(glob) > maxExpansions) return [glob];
  const frames = [{ alternatives: [] as string[], current: [''] }];
  for (let at = 0; at < glob.length; at += 1) {
    const char = glob.charAt(at);
    const frame = frames.at(-1);
    if (frame === undefined) break;
    const open = frames.length > 1;
    if (char === '{') frames.push({ alternatives: [], current: [''] });
    else if (char === ',' && open) {
      frame.alternatives.push(...frame.current);
      frame.current = [''];
    } else if (char === '}' && open) {
      frames.pop();
      const inner = [...frame.alternatives, ...frame.current];
      const outer = frames.at(-1);
      if (outer !== undefined) outer.current = outer.current.flatMap((start) => inner.map((part) => start + part));
    } else {
      const text = char === '\\' ? char + glob.charAt((at += 1)) : char;
      frame.current = frame.current.map((start) => start + text);
    }
  }
  return frames.length === 1 ? (frames[0]?.current ?? []) : [glob];
}
