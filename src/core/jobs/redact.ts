/** What stands for something that must not be seen. */
export const hidden = '•••';

const isGuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
/** Long, without a word in it, with letters and digits: a key of some sort, as in links that reset a password. */
const isToken = (text: string) => text.length >= 24 && /^[\w.~+=-]+$/.test(text) && /\d/.test(text) && /[a-z]/i.test(text) && !isGuid(text);

/** Host and path of an address: without user, query and fragment, and without path segments that are keys. Null when it is no web address. */
export function hostAndPath(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.host === '') return url.protocol === 'file:' ? 'file:' : null;
  const segments = url.pathname.split('/').map((segment) => (isToken(segment) ? hidden : segment));
  return `${url.host}${segments.join('/')}`.slice(0, 2000);
}

const sensitiveName = /token|secret|passw|pwd|auth|code|state|session|sid|sig|key|nonce|otp|ticket|saml|jwt|assertion|credential/i;

/** An address that may be kept to come back to: parameters that look like keys are left out. Null when it is no web address. */
export function resumableUrl(address: string): string | null {
  if (!/^https?:/.test(address) || !URL.canParse(address)) return null;
  const url = new URL(address);
  url.username = '';
  url.password = '';
  for (const [name, value] of [...url.searchParams]) if (sensitiveName.test(name) || isToken(value)) url.searchParams.delete(name);
  // A page within the page stands here; what a sign-in service sends back stands here too.
  if (/=/.test(url.hash) && sensitiveName.test(url.hash)) url.hash = '';
  return url.href;
}

/** A text without the given secrets, queries of addresses, and what follows `Bearer`, `Cookie:` and the like. */
export function redactText(text: string, secrets: readonly string[]): string {
  let result = text;
  for (const secret of secrets) if (secret.length >= 4) result = result.replaceAll(secret, hidden);
  return result
    .replaceAll(/\b((?:https?|wss?):\/\/[^\s?#"'<>]{1,2000})[?#][^\s"'<>)]{0,4000}/g, '$1')
    .replaceAll(/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${hidden}`)
    .replaceAll(/\b((?:set-)?cookie|authorization|x-csrf-token)\s*[:=][^\n]*/gi, `$1: ${hidden}`);
}
