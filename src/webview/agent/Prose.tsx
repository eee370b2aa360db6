import type { JSX } from 'preact';

/** A text with `code` in it, as core writes its sentences. */
export function Prose({ text }: { text: string }): JSX.Element {
  return <>{text.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>;
}

export const plainText = (text: string): string => text.replaceAll('`', '');
