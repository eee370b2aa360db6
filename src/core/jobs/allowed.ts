/**
 * Whether an address belongs to one of the hosts of a job file: `example.com`, `*.example.com` (which `example.com` itself is not),
 * `localhost:8080`. Without a port, the usual one of the scheme is meant. Sockets count like pages.
 */
export function hostAllowed(hosts: readonly string[], address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  // What has no host comes from the page itself.
  if (url.protocol === 'data:' || url.protocol === 'blob:' || url.protocol === 'about:') return true;
  if (!/^(https?|wss?):$/.test(url.protocol)) return false;
  return hosts.some((pattern) => {
    const [, name = '', port = ''] = /^(.*?)(?::(\d+))?$/.exec(pattern.toLowerCase()) ?? [];
    const usual = url.port === '' || (port !== '' && url.port === port);
    if (port !== '' ? portOf(url) !== port : !usual) return false;
    return name.startsWith('*.') ? url.hostname.endsWith(name.slice(1)) : url.hostname === name;
  });
}

const portOf = (url: URL) => url.port || (url.protocol === 'https:' || url.protocol === 'wss:' ? '443' : '80');

/** Whether an address is what a pattern says, in which `*` stands for anything. A pattern without scheme, or without query, does not mind those. */
export function addressMatches(pattern: string, address: string): boolean {
  const hash = address.indexOf('#');
  const whole = pattern.includes('#') || hash === -1 ? address : address.slice(0, hash);
  const query = whole.indexOf('?');
  const asked = pattern.includes('?') || query === -1 ? whole : whole.slice(0, query);
  const subject =
    /^[\w*]+:\/\//.test(pattern) || pattern.startsWith('*') ? asked : pattern.startsWith('/') ? pathOf(asked) : withoutScheme(asked);
  return globMatches(pattern, subject) || globMatches(`${pattern}/`, subject);
}

const withoutScheme = (address: string) => address.replace(/^\w+:\/\//, '');
const pathOf = (address: string) => withoutScheme(address).replace(/^[^/]*/, '') || '/';

/** In linear time: each part between stars is looked for once, from left to right. */
function globMatches(pattern: string, subject: string): boolean {
  const parts = pattern.split('*');
  const first = parts[0] ?? '';
  if (parts.length === 1) return subject === pattern;
  const last = parts[parts.length - 1] ?? '';
  if (!subject.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = subject.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return subject.length - last.length >= at && subject.endsWith(last);
}

const reading = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a request may be sent: always when it only reads; otherwise in write mode, or when `writes` names it (`POST https://host/path/*`). */
export function requestAllowed(job: { mode: 'read-only' | 'write'; writes: readonly string[] }, method: string, address: string): boolean {
  if (job.mode === 'write' || reading.has(method)) return true;
  return job.writes.some((write) => {
    const space = write.indexOf(' ');
    return write.slice(0, space) === method && addressMatches(write.slice(space + 1), address);
  });
}
