/** The lines below a key, each with its indentation and without its line end, and what stands beside the key. */
export interface Writing {
  head: string;
  tail: readonly string[];
}

/** A text as a literal block, its lines kept as they are. Whether YAML reads it back the same is for the caller to try. */
export function literalBlock(text: string, indent: string, outerIndent: string): Writing {
  const lines = withoutLastLineEnds(text).split('\n');
  return written('|', lines, text, indent, outerIndent);
}

/** A text as a folded block: lines of at most `width` characters, an empty line where the text has a line end. */
export function foldedBlock(text: string, indent: string, outerIndent: string, width: number): Writing {
  const lines = withoutLastLineEnds(text)
    .split('\n')
    .flatMap((line, index) => [...(index > 0 && line !== '' ? [''] : []), ...wrap(line, width)]);
  return written('>', lines, text, indent, outerIndent);
}

function withoutLastLineEnds(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === '\n') end--;
  return text.slice(0, end);
}

function written(sign: string, lines: readonly string[], text: string, indent: string, outerIndent: string): Writing {
  const lineEnds = text.length - withoutLastLineEnds(text).length;
  const chomping = lineEnds === 0 ? '-' : lineEnds === 1 ? '' : '+';
  // The indentation is told in the header where the first line with something in it does not show it.
  const first = lines.find((line) => line !== '') ?? '';
  const indicator = first.startsWith(' ') || first.startsWith('\t') ? String(indent.length - outerIndent.length) : '';
  const kept = Array.from({ length: Math.max(0, lineEnds - 1) }, () => '');
  return { head: `${sign}${indicator}${chomping}`, tail: [...lines.map((line) => (line === '' ? '' : indent + line)), ...kept] };
}

function wrap(line: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    if (current !== '' && word !== '' && current.length + 1 + word.length > width && !current.endsWith(' ')) {
      lines.push(current);
      current = word;
    } else {
      current = lines.length === 0 && current === '' ? word : `${current} ${word}`;
    }
  }
  lines.push(current);
  return lines;
}
