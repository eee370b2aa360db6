/**
 * How many tokens a text is likely to cost: an estimate, for the tokenizer of Claude is not public. Counted are UTF-16 units: 3.6 of ASCII to a
 * token, 2 of other alphabets (up to U+07FF), and 0.9 of everything above, which is what CJK, symbols and emoji come to. English prose and
 * Markdown land within about a fifth of the truth; tables, base64 and rare scripts can be further off.
 */
export function estimateTokens(text: string): number {
  let alphabets = 0;
  let symbols = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit > 0x7ff) symbols += 1;
    else if (unit > 0x7f) alphabets += 1;
  }
  return Math.ceil((text.length - alphabets - symbols) / 3.6 + alphabets / 2 + symbols / 0.9);
}

/** Lines as an editor counts them, but a line end at the end begins no further line. */
export function countLines(text: string): number {
  if (text === '') return 0;
  const ends = text.match(/\r\n|\r|\n/g)?.length ?? 0;
  return /[\r\n]$/.test(text) ? ends : ends + 1;
}
