import { modify, parseTree } from 'jsonc-parser';
import type { FormattingOptions, Node, ParseError } from 'jsonc-parser';
import { applyEdits, trimEdit } from '../markdown/textEdit.ts';
import type { Span, TextEdit } from '../markdown/textEdit.ts';

/** Why a settings file is left alone. */
export interface UnreadableSettings {
  ok: false;
  message: string;
  span: Span;
}

export type DisabledAgents = { ok: true; agents: readonly { name: string; span: Span }[] } | UnreadableSettings;
export type SettingsChange = { ok: true; edits: readonly TextEdit[] } | UnreadableSettings;

interface DenyList {
  ok: true;
  root: Node | undefined;
  rules: readonly Node[] | undefined;
}

const spanOf = (node: Node): Span => ({ start: node.offset, end: node.offset + node.length });

function child(node: Node | undefined, key: string): Node | undefined {
  if (node?.type !== 'object') return undefined;
  // Of duplicates the last counts, as for JSON.parse.
  return node.children?.findLast((property) => property.children?.[0]?.value === key)?.children?.[1];
}

function readDeny(text: string): DenyList | UnreadableSettings {
  if (text.replace(/^\uFEFF/, '').trim() === '') return { ok: true, root: undefined, rules: undefined };
  const errors: ParseError[] = [];
  const root = parseTree(text.replace(/^\uFEFF/, ' '), errors, { allowTrailingComma: true });
  const error = errors[0];
  if (error !== undefined) {
    const span = { start: error.offset, end: Math.min(text.length, error.offset + Math.max(1, error.length)) };
    return { ok: false, message: 'The settings file is not valid JSON. Correct it first; it was not changed.', span };
  }
  const wrong = (node: Node, what: string): UnreadableSettings => ({
    ok: false,
    message: `In the settings file ${what}. Correct it first; it was not changed.`,
    span: spanOf(node),
  });
  if (root !== undefined && root.type !== 'object') return wrong(root, 'the outermost value is not an object');
  const permissions = child(root, 'permissions');
  if (permissions !== undefined && permissions.type !== 'object') return wrong(permissions, '`permissions` is not an object');
  const deny = child(permissions, 'deny');
  if (deny !== undefined && deny.type !== 'array') return wrong(deny, '`permissions.deny` is not a list');
  return { ok: true, root, rules: deny === undefined ? undefined : (deny.children ?? []) };
}

/** `Agent(name)`, or `Task(name)` as it was called before. Rules by model or with a pattern disable no single agent. */
function deniedName(rule: Node): string | undefined {
  if (typeof rule.value !== 'string') return undefined;
  const name = /^(?:Agent|Task)\(([^()*]+)\)$/.exec(rule.value)?.[1]?.trim();
  return name?.startsWith('model:') === true ? undefined : name;
}

/** The agents that `permissions.deny` of a settings file forbids. */
export function readDisabledAgents(text: string): DisabledAgents {
  const list = readDeny(text);
  if (!list.ok) return list;
  const agents = (list.rules ?? []).flatMap((rule) => {
    const name = deniedName(rule);
    return name === undefined ? [] : [{ name, span: spanOf(rule) }];
  });
  return { ok: true, agents };
}

/** The file's own indentation and line ends. */
function formatting(text: string): FormattingOptions {
  const indent = /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ';
  return {
    insertSpaces: !indent.startsWith('\t'),
    tabSize: indent.startsWith('\t') ? 1 : indent.length,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  };
}

function edit(text: string, path: (string | number)[], value: unknown, isArrayInsertion: boolean): TextEdit[] {
  const options = { formattingOptions: formatting(text), isArrayInsertion };
  return modify(text.replace(/^\uFEFF/, ' '), path, value, options).map(({ offset, length, content }) => ({
    start: offset,
    end: offset + length,
    text: content,
  }));
}

/** Takes a rule out of a list on one line, with the comma before it, or after it when it is the first; null where comments are in the way. */
function removeInLine(text: string, rules: readonly Node[], index: number): TextEdit[] | null {
  const [before, rule, after] = [rules[index - 1], rules[index], rules[index + 1]];
  if (rule === undefined || !isOneLine(text, rules)) return null;
  const own = spanOf(rule);
  const span = {
    start: before === undefined ? own.start : spanOf(before).end,
    end: before === undefined ? (after?.offset ?? own.end) : own.end,
  };
  const beside = text.slice(span.start, own.start) + text.slice(own.end, span.end);
  return beside.includes('/') ? null : [{ ...span, text: '' }];
}

/** Whether the list that the rules are in stands on one line; one without rules does not count. */
function isOneLine(text: string, rules: readonly Node[]): boolean {
  const list = rules[0]?.parent;
  return list !== undefined && !/[\r\n]/.test(text.slice(list.offset, list.offset + list.length));
}

/** Adds `Agent(name)` to `permissions.deny`; no edit when it is there. Comments and formatting stay. */
export function disableAgent(text: string, name: string): SettingsChange {
  const list = readDeny(text);
  if (!list.ok) return list;
  const rule = `Agent(${name})`;
  if (list.root === undefined) {
    const content = `${JSON.stringify({ permissions: { deny: [rule] } }, null, 2)}\n`;
    return { ok: true, edits: [{ start: text.length, end: text.length, text: content }] };
  }
  if (list.rules === undefined) return { ok: true, edits: edit(text, ['permissions', 'deny'], [rule], false) };
  if (list.rules.some((node) => deniedName(node) === name)) return { ok: true, edits: [] };
  const last = list.rules.at(-1);
  if (last !== undefined && isOneLine(text, list.rules)) {
    const end = spanOf(last).end;
    return { ok: true, edits: [{ start: end, end, text: `, ${JSON.stringify(rule)}` }] };
  }
  return { ok: true, edits: edit(text, ['permissions', 'deny', list.rules.length], rule, true) };
}

/** Takes every rule that forbids the agent out of `permissions.deny`. Comments and formatting stay. */
export function enableAgent(text: string, name: string): SettingsChange {
  let rest = text;
  for (;;) {
    const list = readDeny(rest);
    if (!list.ok) return list;
    const index = list.rules?.findIndex((rule) => deniedName(rule) === name) ?? -1;
    if (index < 0) return { ok: true, edits: trimEdit(text, { start: 0, end: text.length, text: rest }) };
    const inLine = removeInLine(rest, list.rules ?? [], index);
    rest = applyEdits(rest, inLine ?? edit(rest, ['permissions', 'deny', index], undefined, false));
  }
}
