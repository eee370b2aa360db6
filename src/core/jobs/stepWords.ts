type Values = Readonly<Record<string, unknown>>;

const isValues = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value);
const at = (value: unknown, key: string): unknown => (isValues(value) && Object.hasOwn(value, key) ? value[key] : undefined);
const textAt = (value: unknown, key: string): string | undefined => {
  const found = at(value, key);
  return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
};
const longest = 120;
const short = (text: string) => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);
const quoted = (text: string) => `"${short(text)}"`;

/** An element in words, `button "Next"`, from a target as it is written or as it was parsed. */
export function targetWords(target: unknown): string {
  const candidates = at(target, 'candidates') ?? target;
  const first: unknown = Array.isArray(candidates) ? candidates[0] : candidates;
  const role = textAt(first, 'role');
  const name = textAt(first, 'name');
  if (role !== undefined) return name === undefined ? short(role) : `${role} ${quoted(name)}`;
  for (const [way, word] of wayWords) {
    const value = textAt(first, way);
    if (value !== undefined) return `${word}${quoted(value)}`;
  }
  return 'an element';
}

const wayWords: readonly (readonly [string, string])[] = [
  ['label', 'field '],
  ['text', ''],
  ['placeholder', 'field '],
  ['title', 'element '],
  ['alt', 'image '],
  ['testId', 'element '],
  ['css', 'element '],
  ['xpath', 'element '],
];

/** An address without its query and fragment: they hold what is nobody's business. */
export const addressWords = (address: string) => short(address.replace(/^https?:\/\//i, '').replace(/[?#].*$/s, ''));

const plural = (count: number, noun: string) => `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;

function conditionWords(condition: unknown): string {
  if (!isValues(condition)) return 'something holds';
  const [kind, of] = Object.entries(condition)[0] ?? [];
  const [first = '', second = ''] = Array.isArray(of) ? of.map((text) => quoted(String(text))) : [];
  switch (kind) {
    case 'exists':
      return `there is ${targetWords(of)}`;
    case 'visible':
      return `${targetWords(of)} can be seen`;
    case 'url':
      return `the address is ${addressWords(String(of))}`;
    case 'equals':
      return `${first} is ${second}`;
    case 'contains':
      return `${first} contains ${second}`;
    case 'matches':
      return `${first} matches ${second}`;
    case 'greater':
      return `${first} is greater than ${second}`;
    case 'less':
      return `${first} is less than ${second}`;
    case 'empty':
      return `${quoted(String(of))} is empty`;
    case 'not':
      return `not: ${conditionWords(of)}`;
    case 'all':
    case 'any':
      return short((Array.isArray(of) ? of : []).map(conditionWords).join(kind === 'all' ? ' and ' : ' or '));
    default:
      return 'something holds';
  }
}

function waitWords(wait: unknown): string {
  const address = textAt(wait, 'url');
  const text = textAt(wait, 'text');
  const time = textAt(wait, 'time');
  if (address !== undefined) return `Wait for the address ${addressWords(address)}`;
  if (text !== undefined) return `Wait for the text ${quoted(text)}`;
  if (time !== undefined) return `Wait ${/^\d+$/.test(time) ? `${time}ms` : time}`;
  if (at(wait, 'network') !== undefined) return 'Wait until nothing is loaded any more';
  const hidden = at(wait, 'hidden');
  return hidden === undefined ? `Wait for ${targetWords(at(wait, 'visible'))}` : `Wait until ${targetWords(hidden)} is gone`;
}

function extractWords(extract: unknown, id: string | undefined): string {
  const into = textAt(extract, 'into') ?? id;
  const fields = at(extract, 'fields');
  const names = isValues(fields) ? Object.keys(fields) : [];
  return short(`Read ${names.length === 0 ? 'records' : names.join(', ')}${into === undefined ? '' : ` into ${into}`}`);
}

/** In the order in which a step is known by its keys; those that can be a part of another step come last. */
const words: Readonly<Record<string, (value: unknown, step: Values) => string>> = {
  goto: (value) => `Open ${addressWords(String(value))}`,
  click: (value, step) => `${textAt(step, 'count') === '2' ? 'Double-click' : 'Click'} ${targetWords(value)}`,
  fill: (value) => `Fill ${targetWords(value)}`,
  select: (value) => `Choose in ${targetWords(value)}`,
  check: (value, step) => `${at(step, 'checked') === false ? 'Untick' : 'Tick'} ${targetWords(value)}`,
  press: (value, step) => `Press ${short(String(value))}${at(step, 'on') === undefined ? '' : ` in ${targetWords(at(step, 'on'))}`}`,
  hover: (value) => `Point at ${targetWords(value)}`,
  scroll: (value) => `Scroll to ${typeof value === 'string' ? `the ${value}` : targetWords(value)}`,
  upload: (value, step) => {
    const files = at(step, 'files');
    return `Upload ${Array.isArray(files) ? plural(files.length, 'file') : short(String(files))} to ${targetWords(value)}`;
  },
  waitFor: waitWords,
  ensureSignedIn: () => 'Make sure that the user is signed in',
  pause: (value) => `Ask the user: ${short(String(value))}`,
  confirm: (value) => `Ask before going on: ${short(String(value))}`,
  set: (value) => `Keep ${isValues(value) ? Object.keys(value).join(', ') : 'a value'}`,
  assert: (value) => `Check that ${conditionWords(value)}`,
  request: (value, step) => `${textAt(step, 'method') ?? 'GET'} ${addressWords(String(value))}`,
  download: (value, step) => {
    const from = textAt(value, 'url');
    return `Download ${from === undefined ? `by ${targetWords(at(value, 'click'))}` : addressWords(from)} to ${short(textAt(step, 'saveAs') ?? '')}`;
  },
  screenshot: (value) => `Take a picture${typeof value === 'string' ? ` to ${short(value)}` : ''}`,
  save: (value, step) => `Save ${String(value)} to ${short(textAt(step, 'to') ?? '')}`,
  runJob: (value) => `Run the job ${short(String(value))}`,
  say: (value) => `Say: ${short(String(value))}`,
  forEachPage: (value, step) => {
    const most = textAt(value, 'max');
    const extract = at(step, 'extract');
    const pages = `${most === undefined ? 'On each page' : `On each page, at most ${most}`}, by ${targetWords(at(value, 'next'))}`;
    return extract === undefined ? pages : `${pages}: ${extractWords(extract, textAt(step, 'id')).toLowerCase()}`;
  },
  forEach: (value) => {
    const of = at(value, 'in');
    return `For each ${textAt(value, 'as') ?? 'item'} of ${Array.isArray(of) ? plural(of.length, 'value') : short(String(of))}`;
  },
  if: (value) => `If ${conditionWords(value)}`,
  extract: (value, step) => extractWords(value, textAt(step, 'id')),
};

/**
 * What a step does: its own name, else its parts in words, `Click button "Next"`. Of a step as it is written or as it was parsed. Never what
 * is typed, and no query of an address: the words go to the log.
 */
export function stepWords(step: object): string {
  if (!isValues(step)) return 'A step';
  const name = textAt(step, 'name');
  if (name !== undefined) return name;
  const kind = Object.keys(words).find((key) => key in step);
  const found = kind === undefined ? 'A step' : (words[kind]?.(step[kind], step) ?? 'A step');
  // Names for the log have no line breaks.
  return found.replaceAll(/\s+/g, ' ').trim();
}
