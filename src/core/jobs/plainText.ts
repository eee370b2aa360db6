/** What no text that is kept may hold: control characters but tab and line feed, and halves of surrogate pairs. */
const unkept = /[\u0000-\u0008\u000B-\u001F\u007F]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** A text from a foreign page as it may be kept, at most so long. */
export function plainText(text: string, most: number): string {
  return text.slice(0, most).replaceAll('\r\n', '\n').replaceAll(unkept, '');
}

/** The same in one line. */
export const plainLine = (text: string, most: number): string => plainText(text.replaceAll(/\s*[\r\n]+\s*/g, ' '), most);
