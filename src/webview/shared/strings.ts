let translated: Readonly<Record<string, string>> = {};

export function setStrings(strings: Readonly<Record<string, string>>): void {
  translated = strings;
}

/** The text in the reader's language; `{0}`, `{1}` … are replaced by the values, as in VS Code's own `l10n.t`. */
export function t(text: string, ...values: (string | number)[]): string {
  const found = translated[text] ?? text;
  return values.length === 0 ? found : found.replace(/\{(\d+)\}/g, (whole, index: string) => String(values[Number(index)] ?? whole));
}
