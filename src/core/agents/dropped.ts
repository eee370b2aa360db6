import { fieldSpan, typeName } from '../fieldProblems.ts';
import { textOf } from '../fieldValue.ts';
import { headSpan, yamlFault } from '../frontmatterFaults.ts';
import { fieldOf } from '../markdown/frontmatter.ts';
import type { FrontmatterField, MarkdownDocument } from '../markdown/frontmatter.ts';
import { removeField, setField } from '../markdown/frontmatterEdit.ts';
import type { Span, TextEdit } from '../markdown/textEdit.ts';
import type { Fix } from '../problem.ts';
import { agentFieldOrder } from './agentFields.ts';
import { isKebab, stemOf, toKebab } from './names.ts';
import { withFrontmatter } from './withFrontmatter.ts';

/** One reason for which Claude Code does not load an agent's file. It says so only under `--debug`. */
export interface DropReason {
  code: string;
  /** Completes "Claude Code will ignore this agent because …"; no full stop. */
  because: string;
  /** What to do, as a sentence. */
  advice: string;
  span: Span;
  fixes: readonly Fix[];
}

const fallbackDescription = (name: string) => `Use this agent for ${name.replaceAll('-', ' ')} tasks`;

/** The first sentence of the prompt that could describe the agent. */
function describe(document: MarkdownDocument, path: string): string {
  const body = document.text.slice(document.body.start, document.body.end);
  const line = body.split(/\r\n|\r|\n/).find((text) => /^[\p{L}*_]/u.test(text.trim()) && text.trim().length > 10);
  const sentence = line === undefined ? undefined : /^.{10,300}?(?:[.!?](?=\s|$)|$)/u.exec(line.trim())?.[0];
  return sentence?.replaceAll(/[*_`]/g, '') ?? fallbackDescription(stemOf(path));
}

const nameFor = (path: string) => toKebab(stemOf(path)) || 'agent';

/** Closes frontmatter after its last line that could belong to it. */
function closingFence(document: MarkdownDocument, fence: Span): TextEdit[] {
  const line = /([^\r\n]*)(\r\n|\r|\n|$)/y;
  line.lastIndex = fence.end;
  line.exec(document.text);
  let end = line.lastIndex;
  while (line.lastIndex < document.text.length) {
    const text = line.exec(document.text)?.[1] ?? '';
    if (!/^(?:[A-Za-z][\w-]*:(?:\s|$)|\s+\S|-\s)/.test(text)) break;
    end = line.lastIndex;
  }
  const ended = /[\r\n]/.test(document.text.charAt(end - 1));
  return [{ start: end, end, text: `${ended ? '' : document.eol}---${document.eol}` }];
}

function missingFrontmatter(document: MarkdownDocument, path: string): DropReason[] {
  const { unclosed } = document;
  if (unclosed !== null) {
    return [
      {
        code: 'frontmatter-unclosed',
        because: 'its frontmatter is opened and never closed',
        advice: 'Put a line of three hyphens after the last field.',
        span: unclosed,
        fixes: [{ title: 'Close the frontmatter', kind: 'close-frontmatter', preferred: true, edits: closingFence(document, unclosed) }],
      },
    ];
  }
  const fields = [['name', nameFor(path)] as const, ['description', describe(document, path)] as const];
  return [
    {
      code: 'no-frontmatter',
      because: 'it has no frontmatter, so it counts as documentation',
      advice: 'Begin the file with a name and a description between two lines of three hyphens.',
      span: headSpan(document),
      fixes: [{ title: 'Add a name and a description', kind: 'add-frontmatter', edits: withFrontmatter(document, fields) }],
    },
  ];
}

/** Without the earlier ones, the values stay those of the last, which tolerant readers take. */
function repeatedReason(document: MarkdownDocument, repeated: readonly FrontmatterField[]): DropReason {
  const keys = [...new Set(repeated.map((field) => `\`${field.key}\``))].join(', ');
  const edits = repeated.map((field) => ({ ...field.span, text: '' }));
  return {
    code: 'repeated-field',
    because: `its frontmatter is not valid YAML: it sets ${keys} more than once`,
    advice: 'Keep one of them.',
    span: repeated[0]?.keySpan ?? headSpan(document),
    fixes: [{ title: 'Keep the last of each', kind: 'remove-repeated', preferred: true, edits }],
  };
}

function yamlReason(document: MarkdownDocument): DropReason[] {
  const fault = yamlFault(document);
  if (fault === undefined) return [];
  const repeated = document.frontmatter?.fields.filter((field) => fieldOf(document, field.key) !== field) ?? [];
  if (repeated.length > 0) return [repeatedReason(document, repeated)];
  const { detail, span, fixes } = fault;
  if (document.frontmatter?.level === 'scanned') {
    const because = `its frontmatter is not valid YAML, even after Claude Code’s second try${detail}`;
    return [{ code: 'yaml-broken', because, advice: 'Quote the value, or indent its further lines.', span, fixes }];
  }
  if (document.eol !== '\r\n') return [];
  // anthropics/claude-code#80890: the second try, which quotes such values, fails on CRLF.
  const because = 'an unquoted value breaks YAML, and Claude Code cannot mend that in a file with Windows line ends';
  return [{ code: 'yaml-crlf', because, advice: 'Quote the value.', span, fixes }];
}

function nameReason(document: MarkdownDocument, path: string): DropReason[] {
  const field = fieldOf(document, 'name');
  const name = textOf(field?.value);
  if (field === undefined || name === null) {
    const stem = nameFor(path);
    const isNumber = typeof field?.value === 'number' || typeof field?.value === 'boolean';
    const value = isNumber ? field.raw : stem;
    return [
      {
        code: isNumber ? 'name-not-text' : 'no-name',
        because: isNumber ? `its \`name\` is not text but ${typeName(field.value)}` : 'it has no `name`, so it counts as documentation',
        advice: isNumber ? 'Quote it.' : 'Give it a name.',
        span: field === undefined ? headSpan(document) : fieldSpan(field),
        fixes: [
          {
            title: isNumber ? 'Quote the name' : `Set the name to “${stem}”`,
            kind: 'set-name',
            preferred: true,
            edits: setField(document, 'name', value, agentFieldOrder),
          },
        ],
      },
    ];
  }
  if (!name.startsWith('-') && !name.includes(':')) return [];
  const better = toKebab(name);
  return [
    {
      code: 'name-form',
      because: name.startsWith('-') ? 'its name begins with a hyphen' : 'its name contains a colon, which Claude Code keeps for plugins',
      advice: 'Write lowercase letters, digits and hyphens.',
      span: field.valueSpan,
      fixes: isKebab(better)
        ? [{ title: `Rename to “${better}”`, kind: 'fix-name', preferred: true, edits: setField(document, 'name', better) }]
        : [],
    },
  ];
}

function descriptionReason(document: MarkdownDocument, path: string): DropReason[] {
  const field = fieldOf(document, 'description');
  if (field !== undefined && textOf(field.value) !== null) return [];
  const written = field === undefined || field.value === null || field.value === '' || field.raw.trim() === '' ? null : field.raw;
  const missing = field === undefined;
  const because = missing
    ? 'it has no `description`'
    : written === null || typeof field.value === 'string'
      ? 'its `description` is empty'
      : `its \`description\` is not text but ${typeName(field.value)}`;
  const quotable = written !== null && field?.style === 'plain' && typeof field.value !== 'string';
  return [
    {
      code: missing ? 'no-description' : quotable ? 'description-not-text' : 'description-empty',
      because,
      advice: quotable ? 'Quote it.' : 'Say when to hand work to this agent.',
      span: field === undefined ? headSpan(document) : fieldSpan(field),
      fixes: [
        {
          title: quotable ? 'Quote the description' : 'Add a description',
          kind: 'set-description',
          preferred: true,
          edits: setField(document, 'description', quotable ? written : describe(document, path), agentFieldOrder),
        },
      ],
    },
  ];
}

function hooksReason(document: MarkdownDocument): DropReason[] {
  const field = fieldOf(document, 'hooks');
  if (field === undefined || !Array.isArray(field.value)) return [];
  // anthropics/claude-code#91781
  return [
    {
      code: 'hooks-list',
      because: 'its `hooks` are a list, where a map from event to matchers belongs',
      advice: field.value.length === 0 ? 'Remove the field.' : 'Write the events as keys.',
      span: fieldSpan(field),
      fixes:
        field.value.length === 0
          ? [{ title: 'Remove hooks', kind: 'remove-field', preferred: true, edits: removeField(document, 'hooks') }]
          : [],
    },
  ];
}

/** Why Claude Code would not load this file from a project, user or managed folder; empty when it would. */
export function findDropReasons(document: MarkdownDocument, path: string): DropReason[] {
  if (document.frontmatter === null) return missingFrontmatter(document, path);
  return [...yamlReason(document), ...nameReason(document, path), ...descriptionReason(document, path), ...hooksReason(document)];
}
