import { fieldSpan, typeName } from '../fieldProblems.ts';
import { headSpan, yamlFault } from '../frontmatterFaults.ts';
import { readAsClaudeCode } from '../markdown/claudeReading.ts';
import type { ClaudeReading } from '../markdown/claudeReading.ts';
import { fieldOf } from '../markdown/frontmatter.ts';
import type { FieldValue, MarkdownDocument } from '../markdown/frontmatter.ts';
import { removeField, setField } from '../markdown/frontmatterEdit.ts';
import type { Span, TextEdit } from '../markdown/textEdit.ts';
import type { Fix } from '../problem.ts';
import { agentFieldOrder } from './agentFields.ts';
import { hookFault } from './hookFault.ts';
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
  const { unclosed, text } = document;
  if (document.frontmatter !== null) {
    const edits = [{ start: 0, end: text.length, text: text.replace(/\r(?!\n)/g, '\n') }];
    return [
      {
        code: 'carriage-returns',
        because: 'its lines end in carriage returns alone, where Claude Code finds no frontmatter',
        advice: 'Convert the line ends to LF.',
        span: headSpan(document),
        fixes: [{ title: 'Convert the line ends to LF', kind: 'convert-line-ends', preferred: true, edits }],
      },
    ];
  }
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

/** Hyphens before the closing fence, at which Claude Code has stopped; what is missing may stand behind them. */
function cutReason({ text, frontmatter }: MarkdownDocument, reading: ClaudeReading): DropReason[] {
  if (frontmatter === null || reading.span.end >= frontmatter.span.end) return [];
  const runs = [...text.slice(frontmatter.span.start, frontmatter.span.end).matchAll(/-{3,}/g)];
  const edits = runs.map((run) => ({
    start: frontmatter.span.start + run.index,
    end: frontmatter.span.start + run.index + run[0].length,
    text: '—',
  }));
  const span = edits[0] ?? reading.span;
  return [
    {
      code: 'frontmatter-cut',
      because: 'its frontmatter ends for Claude Code at the first three hyphens, and these stand in the middle of it',
      advice: 'Write something else in their place.',
      span: { start: span.start, end: span.end },
      fixes: [{ title: 'Write dashes (—) instead of the hyphens', kind: 'replace-dashes', preferred: edits.length === 1, edits }],
    },
  ];
}

function yamlReason(document: MarkdownDocument): DropReason {
  const fault = yamlFault(document);
  const span = fault?.span ?? headSpan(document);
  const fixes = fault?.fixes ?? [];
  if (document.frontmatter?.level === 'quoted' && document.eol === '\r\n') {
    // anthropics/claude-code#80890: the second try, which quotes such values, fails on CRLF.
    const because = 'an unquoted value breaks YAML, and Claude Code cannot mend that in a file with Windows line ends';
    return { code: 'yaml-crlf', because, advice: 'Quote the value.', span, fixes };
  }
  const because = `its frontmatter is not valid YAML, even after Claude Code’s second try${fault?.detail ?? ''}`;
  return { code: 'yaml-broken', because, advice: 'Quote the value, or indent its further lines.', span, fixes };
}

function nameReason(document: MarkdownDocument, name: FieldValue | undefined, path: string): DropReason[] {
  const field = fieldOf(document, 'name');
  if (typeof name !== 'string' || name === '') {
    const isNumber = typeof name === 'number' || typeof name === 'boolean';
    const value = isNumber && field !== undefined ? field.raw : nameFor(path);
    return [
      {
        code: isNumber ? 'name-not-text' : 'no-name',
        because: isNumber ? `its \`name\` is not text but ${typeName(name)}` : 'it has no `name`, so it counts as documentation',
        advice: isNumber ? 'Quote it.' : 'Give it a name.',
        span: field === undefined ? headSpan(document) : fieldSpan(field),
        fixes: [
          {
            title: isNumber ? 'Quote the name' : `Set the name to “${value}”`,
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
      span: field?.valueSpan ?? headSpan(document),
      fixes: isKebab(better)
        ? [{ title: `Rename to “${better}”`, kind: 'fix-name', preferred: true, edits: setField(document, 'name', better) }]
        : [],
    },
  ];
}

function descriptionReason(document: MarkdownDocument, description: FieldValue | undefined, path: string): DropReason[] {
  if (typeof description === 'string' && description !== '') return [];
  const field = fieldOf(document, 'description');
  const missing = field === undefined || description === undefined;
  const quotable = !missing && field.style === 'plain' && description !== null && description !== '';
  const because = missing
    ? 'it has no `description`'
    : description === null || description === ''
      ? 'its `description` is empty'
      : `its \`description\` is not text but ${typeName(description)}`;
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
          edits: setField(document, 'description', quotable ? field.raw : describe(document, path), agentFieldOrder),
        },
      ],
    },
  ];
}

function hooksReason(document: MarkdownDocument, { values, read }: ClaudeReading): DropReason[] {
  const because = hookFault(values['hooks']);
  if (because === undefined) return [];
  const field = fieldOf(document, 'hooks');
  const span = field === undefined ? headSpan(document) : fieldSpan(field);
  if (read === 'second' && hookFault(field?.value) === undefined) {
    const mended = 'an unquoted value breaks YAML, and on its second try Claude Code takes the `hooks` for text';
    return [{ code: 'hooks-as-text', because: mended, advice: 'Quote the value.', span, fixes: yamlFault(document)?.fixes ?? [] }];
  }
  // anthropics/claude-code#91781
  const isEmpty = Array.isArray(values['hooks']) && values['hooks'].length === 0;
  return [
    {
      code: Array.isArray(values['hooks']) ? 'hooks-list' : 'hooks-shape',
      because,
      advice: isEmpty ? 'Remove the field.' : 'Write the hooks as in `settings.json`.',
      span,
      fixes: isEmpty ? [{ title: 'Remove hooks', kind: 'remove-field', preferred: true, edits: removeField(document, 'hooks') }] : [],
    },
  ];
}

/** Why Claude Code would not load this file from a project, user or managed folder; empty when it would. */
export function findDropReasons(document: MarkdownDocument, path: string): DropReason[] {
  const reading = readAsClaudeCode(document);
  if (reading === null) return missingFrontmatter(document, path);
  const { values } = reading;
  const missing =
    reading.read === 'never'
      ? [yamlReason(document)]
      : [...nameReason(document, values['name'], path), ...descriptionReason(document, values['description'], path)];
  if (missing.length > 0 && document.frontmatter === null) return missingFrontmatter(document, path);
  const cut = missing.length === 0 ? [] : cutReason(document, reading);
  return [...(cut.length === 0 ? missing : cut), ...hooksReason(document, reading)];
}
