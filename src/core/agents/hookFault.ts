import type { FieldValue } from '../markdown/frontmatter.ts';

type Values = Readonly<Record<string, FieldValue>>;

/**
 * The events whose hooks must be right: they decide what is allowed, so Claude Code would rather do without the agent than without them.
 * Of other events, and of those it does not know, it leaves out what it cannot read (measured with the CLI 2.1.330).
 */
const guarding = ['PreToolUse', 'PermissionRequest'];

const isText = (value: FieldValue) => typeof value === 'string';
const isFlag = (value: FieldValue) => typeof value === 'boolean';

/** What each type of hook must have. */
const required = new Map([
  ['command', ['command']],
  ['prompt', ['prompt']],
  ['agent', ['prompt']],
  ['http', ['url']],
  ['mcp_tool', ['server', 'tool']],
]);

/** What a hook may have, and what it must then be, in words. */
const optional: readonly { key: string; holds: (value: FieldValue) => boolean; what: string }[] = [
  { key: 'timeout', holds: (value) => typeof value === 'number' && value > 0, what: 'a number above zero' },
  { key: 'once', holds: isFlag, what: 'true or false' },
  { key: 'async', holds: isFlag, what: 'true or false' },
  { key: 'statusMessage', holds: isText, what: 'text' },
  { key: 'if', holds: isText, what: 'text' },
  { key: 'model', holds: isText, what: 'text' },
  { key: 'shell', holds: (value) => value === 'bash' || value === 'powershell', what: 'bash or powershell' },
  { key: 'args', holds: (value) => isList(value) && value.every(isText), what: 'a list of texts' },
];

/**
 * What makes Claude Code drop the agent whose `hooks` have this value; undefined when nothing does.
 * @returns the end of a sentence, without its full stop.
 */
export function hookFault(hooks: FieldValue | undefined): string | undefined {
  if (hooks === undefined || hooks === null || hooks === false || hooks === '' || hooks === 0) return undefined;
  if (isList(hooks)) return 'its `hooks` are a list, where a map from event to matchers belongs';
  if (!isMap(hooks)) return 'its `hooks` are no map from event to matchers';
  for (const event of guarding) {
    const matchers = Object.hasOwn(hooks, event) ? hooks[event] : null;
    if (matchers === undefined || matchers === null) continue;
    if (!isList(matchers)) return `its \`${event}\` hooks are no list of matchers`;
    for (const matcher of matchers) {
      const fault = matcherFault(matcher);
      if (fault !== undefined) return `in its \`${event}\` hooks ${fault}`;
    }
  }
  return undefined;
}

function matcherFault(matcher: FieldValue): string | undefined {
  if (!isMap(matcher)) return 'an entry is no map of `matcher` and `hooks`';
  if (own(matcher, 'matcher') !== undefined && !isText(own(matcher, 'matcher') ?? null)) return 'a `matcher` is not text';
  const hooks = own(matcher, 'hooks');
  if (hooks === undefined) return 'an entry has no list `hooks`';
  if (!isList(hooks)) return 'the `hooks` of an entry are no list';
  return hooks.map(commandFault).find((fault) => fault !== undefined);
}

function commandFault(hook: FieldValue): string | undefined {
  const type = isMap(hook) ? textIn(hook, 'type') : '';
  const keys = required.get(type);
  if (keys === undefined || !isMap(hook)) return `a hook has none of the types ${[...required.keys()].join(', ')}`;
  const missing = keys.find((key) => !isText(own(hook, key) ?? null));
  if (missing !== undefined) return `a hook of type ${type} has no text \`${missing}\``;
  if (type === 'http' && !/^[a-z][a-z\d+.-]*:\S/i.test(textIn(hook, 'url'))) return 'the `url` of a hook is none';
  const wrong = optional.find(({ key, holds }) => own(hook, key) !== undefined && !holds(own(hook, key) ?? null));
  return wrong === undefined ? undefined : `the \`${wrong.key}\` of a hook is not ${wrong.what}`;
}

const own = (values: Values, key: string): FieldValue | undefined => (Object.hasOwn(values, key) ? values[key] : undefined);

function textIn(values: Values, key: string): string {
  const value = own(values, key);
  return typeof value === 'string' ? value : '';
}

const isList = (value: FieldValue): value is readonly FieldValue[] => Array.isArray(value);

const isMap = (value: FieldValue): value is Values => value !== null && typeof value === 'object' && !Array.isArray(value);
