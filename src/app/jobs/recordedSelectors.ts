import { isPositional } from '../../core/jobs/positional.ts';
import type { Candidate, Fingerprint } from '../../protocol/jobs/locator.ts';
import { locatorWays } from '../../protocol/jobs/locator.ts';
import type { RecordingStep } from '../../protocol/jobs/recording.ts';

/** Ways to find an element, as the Recorder wrote them: alternatives, each a selector or a chain of them through shadow roots. */
export type Selectors = readonly (string | readonly string[])[];

export interface RecordedTarget {
  candidates: Candidate[];
  fingerprint?: Fingerprint;
  frame?: Candidate[];
}

export function selectorsOf(step: RecordingStep): Selectors {
  return step.selectors ?? (step.selector === undefined ? [] : [step.selector]);
}

const mostCandidates = 12;
// React's useId gives another id with each rendering: `:r1:`, or `«r1»` in newer versions.
const madeId = /(?:\\?:r[0-9a-z]{1,4}\\?:|«r[0-9a-z]{1,4}»|_r_[0-9a-z]{1,4}_)/;

/** The candidates of a recorded element in order of trust, and what it was, where the recording says so. */
export function targetOf(step: RecordingStep): RecordedTarget {
  const selectors = selectorsOf(step);
  const tag = tagOf(selectors);
  const all = selectors.flatMap((alternative) => candidatesOf(alternative, tag, step.type));
  const lasting = all.filter(({ css, xpath }) => !madeId.test(css ?? xpath ?? ''));
  const unique = new Map((lasting.length > 0 ? lasting : all).map((one) => [JSON.stringify(one), one]));
  const candidates = [...unique.values()].toSorted((a, b) => rank(a) - rank(b)).slice(0, mostCandidates);
  const named = candidates.find(({ role, name }) => role !== undefined && name !== undefined);
  const wasSaid = selectors.flat().some((selector) => /\[role=/.test(selector) && selector.startsWith('aria/'));
  const frames = step.frame ?? step.context?.path ?? [];
  return {
    candidates,
    ...(wasSaid && named?.role !== undefined && named.name !== undefined ? { fingerprint: { role: named.role, name: named.name } } : {}),
    ...(frames.length === 0 ? {} : { frame: frames.map((index) => ({ css: `iframe >> nth=${index}` })) }),
  };
}

/** By kind; one that goes by position stands behind those that do not. */
const rank = (one: Candidate): number =>
  locatorWays.findIndex((way) => one[way] !== undefined) + (isPositional(one) ? locatorWays.length : 0);

function candidatesOf(alternative: string | readonly string[], tag: string | undefined, type: string): Candidate[] {
  const chain = typeof alternative === 'string' ? [alternative] : alternative;
  const last = chain.at(-1)?.trim() ?? '';
  if (last.startsWith('aria/')) return fromAria(last.slice('aria/'.length), tag, type);
  if (last.startsWith('text/')) return last.length === 5 ? [] : [{ text: last.slice('text/'.length) }];
  // XPath ends at a shadow root, so one that begins inside of it leads nowhere.
  if (last.startsWith('xpath/')) return chain.length > 1 ? [] : [{ xpath: last.slice('xpath/'.length) }];
  const css = chain.map((part) => part.replace(/^pierce\//, '').trim());
  if (css.some((part) => part === '' || /^(aria|text|xpath)\//.test(part))) return [];
  const [only = ''] = css;
  const testId = css.length === 1 ? /^\[data-testid=(?:"([^"\\]+)"|'([^'\\]+)'|([\w-]+))\]$/.exec(only) : null;
  if (testId !== null) return [{ testId: testId[1] ?? testId[2] ?? testId[3] ?? '' }];
  return [{ css: css.length === 1 ? only : css.map((part) => (part.includes(',') ? `:is(${part})` : part)).join(' ') }];
}

/** `Name`, `Name[role="button"]`, `[name="Name"][role="button"]` */
function fromAria(source: string, tag: string | undefined, type: string): Candidate[] {
  const attributes = new Map<string, string>();
  const rest = source.replaceAll(
    /\[\s*(name|role)\s*=\s*(?:"([^"]*)"|'([^']*)')\s*\]/g,
    (_, key: string, double?: string, single?: string) => {
      attributes.set(key, double ?? single ?? '');
      return '';
    },
  );
  const name = attributes.get('name') ?? rest.trim();
  const role = attributes.get('role') ?? (type === 'change' && tag !== 'select' ? undefined : roleOfTag(tag));
  if (role !== undefined && role !== '') return [name === '' ? { role } : { role, name }];
  if (name === '') return [];
  // Without a role the words can be a label or what the element shows; what is typed into has a label.
  return [type === 'change' ? { label: name } : { text: name }];
}

const roles: Readonly<Record<string, string>> = {
  a: 'link',
  button: 'button',
  select: 'combobox',
  textarea: 'textbox',
  summary: 'button',
  option: 'option',
  h1: 'heading',
  h2: 'heading',
  h3: 'heading',
  img: 'img',
};
const roleOfTag = (tag: string | undefined): string | undefined => (tag === undefined ? undefined : roles[tag]);

/** The name of the element, when one of the paths to it ends with it. */
export function tagOf(selectors: Selectors): string | undefined {
  for (const alternative of selectors) {
    const last = typeof alternative === 'string' ? alternative : (alternative.at(-1) ?? '');
    const isPath = !/^(aria|text)\//.test(last);
    const step = isPath ? /(?:^|[\s>+~/])([a-z][a-z0-9-]*)(?:[#.:[][^\s>+~/]*)?$/i.exec(last.replace(/^(?:xpath|pierce)\//, '')) : null;
    if (step?.[1] !== undefined) return step[1].toLowerCase();
  }
  return undefined;
}
