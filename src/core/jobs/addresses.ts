/** The hosts of web addresses, with their ports, each once and in their order. */
export function hostsOfAddresses(addresses: readonly string[]): string[] {
  return [...new Set(addresses.flatMap((address) => /^https?:\/\/(?:[^/?#]*@)?([^/?#@]+)/i.exec(address)?.[1]?.toLowerCase() ?? []))];
}

const withoutUser = (url: string) => url.replace(/^(https?:\/\/)[^/?#]*@/i, '$1');
/** What follows ? or # differs from time to time as a rule. */
export const withoutQuery = (url: string): string => withoutUser(url).replace(/[?#].*$/s, '');

const secretParameter = /token|secret|passw|pwd|^sid$|session|^sig|jwt|saml|ticket|nonce|^otp$/i;
const isKey = (value: string) => value.length >= 24 && /\d/.test(value) && /[a-z]/i.test(value) && !/[%+]/.test(value);

/** A recorded address without its user and without parameters that are keys: it goes into a file. */
export function safeAddress(url: string): string {
  const [, head = '', query = '', fragment = ''] = /^([^?#]*)(?:\?([^#]*))?(#.*)?$/s.exec(withoutUser(url)) ?? [];
  const kept = query.split('&').filter((pair) => {
    const [name = '', value = ''] = pair.split('=');
    return pair !== '' && !secretParameter.test(name) && !isKey(value);
  });
  // What a sign-in service sends back stands behind the # as well.
  const isSecret =
    /^#[^=]*=/.test(fragment) &&
    fragment
      .slice(1)
      .split('&')
      .some((pair) => secretParameter.test(pair.split('=')[0] ?? ''));
  return `${head}${kept.length === 0 ? '' : `?${kept.join('&')}`}${isSecret ? '' : fragment}`;
}
