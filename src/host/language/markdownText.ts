/** Text that Markdown shows as it is, on one line. `MarkdownString.appendText` does it too, but with blanks at which no hover breaks a line. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/[\r\n]+/g, ' ')
    .replaceAll(/[\\`*_{}[\]()#+\-.!|<>~&$]/g, (char) => (char === '<' ? '&lt;' : char === '&' ? '&amp;' : `\\${char}`));
}
