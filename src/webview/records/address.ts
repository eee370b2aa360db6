/**
 * The address of the page a record stands on. Records keep host and path only; null when it cannot be opened, as with a part that was left out
 * because it was secret.
 */
export function addressOf(place: string): string | null {
  if (!/^[a-z0-9.-]+(:\d+)?(\/|$)/i.test(place) || place.includes('•')) return null;
  const scheme = /^(localhost|127\.0\.0\.1)(:|\/|$)/.test(place) ? 'http' : 'https';
  return `${scheme}://${place}`;
}
