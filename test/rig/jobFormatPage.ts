import { builtInNames, templateFilters } from '../../src/core/jobs/template.ts';
import { commonOfStep } from '../../src/protocol/jobs/plainSteps.ts';
import type { StepKind } from '../../src/protocol/jobs/steps.ts';
import { stepKindNames } from '../../src/protocol/jobs/steps.ts';
import { alternativesOf, definition, descriptionOf, schemaOfKind } from '../../src/app/jobs/jobSchema.ts';
import type { SchemaNode } from '../../src/app/jobs/jobSchema.ts';

/** A whole job, in the order in which one is written. A test reads it. */
export const exampleJob = `name: Open RFIs
version: 1
session: { profile: procore }
hosts: ['*.procore.com']
mode: read-only
inputs:
  project: { prompt: Project number }
limits: { pagesPerMinute: 30, maxPages: 200, timeout: 15m }
steps:
  - goto: https://app.procore.com/{{inputs.project}}/rfis
  - ensureSignedIn: { signedIn: { role: navigation, name: Main }, timeout: 10m }
  - id: rfis
    forEachPage: { next: { role: link, name: Next }, until: disabled, max: 50 }
    extract:
      rows: table tbody tr
      fields:
        number: { cell: 1 }
        subject: { cell: 2 }
        due: { cell: 4, as: date }
        link: { css: a, attr: href, as: url }
      key: number
      onInvalid: keep-with-error
  - click:
      - { role: button, name: Export }
      - { testId: export }
      - { css: '#export' }
    when: { exists: { role: button, name: Export } }
  - save: rfis
    to: data/rfis-{{date}}.csv
onError: { screenshot: true, ask: true }
tasks:
  - from: rfis
    title: RFI {{item.number}}, {{item.subject}}
    due: '{{item.due}}'
`;

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** A type in words: `text`, `left, middle or right`, a link to another table. */
function typeWords(node: SchemaNode): string {
  const words = alternativesOf(node, links).flatMap((one): string[] => {
    if (one.$ref !== undefined) return [linkOf(one.$ref)];
    if (one.enum !== undefined) return one.enum.map((word) => `\`${String(word)}\``);
    if (one.const !== undefined) return [`\`${String(one.const)}\``];
    if (one.type === 'array') {
      const item = one.items;
      return [typeof item === 'object' && !Array.isArray(item) ? `list of ${typeWords(item)}` : 'pair of texts'];
    }
    if (one.type === 'object') return [one.properties === undefined ? 'keys with values' : keysOf(one)];
    return [one.type].flat().map((type) => typeNames[type ?? ''] ?? 'anything');
  });
  return [...new Set(words)].join(', ');
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'number',
  number: 'number',
  boolean: '`true`, `false`',
  null: 'nothing',
};

function keysOf({ properties = {}, required }: SchemaNode): string {
  const keys = Object.keys(properties).map((key) => (required?.includes(key) === true ? `**${key}**` : key));
  return `{ ${keys.join(', ')} }`;
}

/** What has a section of its own. */
const links: Readonly<Record<string, string>> = {
  '#/$defs/steps': '[steps](#steps)',
  '#/$defs/target': '[element](#elements)',
  '#/$defs/candidate': '[way to find it](#elements)',
  '#/$defs/condition': '[condition](#conditions)',
  '#/$defs/extraction': '[extraction](#extract)',
};
const linkOf = (ref: string) => links[ref] ?? 'anything';

function table(node: SchemaNode, leaveOut: ReadonlySet<string> = new Set()): string {
  const rows = Object.entries(node.properties ?? {}).flatMap(([key, value]) => {
    if (leaveOut.has(key) || typeof value === 'boolean') return [];
    const needed = node.required?.includes(key) === true ? ' (needed)' : '';
    return [[`\`${key}\`${needed}`, cell(typeWords(value)), cell(descriptionOf(value))]];
  });
  const head = ['Key', 'Value', 'What it means'];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const lineOf = (row: readonly string[], filler = ' ') =>
    `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0, filler)).join(' | ')} |`;
  return [lineOf(head), lineOf(['', '', ''], '-'), ...rows.map((row) => lineOf(row))].join('\n');
}

const common: ReadonlySet<string> = new Set(Object.keys(commonOfStep));

function stepSection(kind: StepKind): string {
  const schema = schemaOfKind(kind);
  return `### ${kind}\n\n${schema.description ?? ''}\n\n${table(schema, common)}`;
}

function nested(title: string, node: SchemaNode | boolean | undefined): string[] {
  const objects = typeof node === 'object' ? alternativesOf(node, links).filter(({ properties }) => properties !== undefined) : [];
  return objects.flatMap((one, index) => [
    `${index === 0 ? `## ${title}\n\n` : ''}${one.description === undefined ? '' : `${one.description}\n\n`}${table(one)}`,
  ]);
}

/** `docs/job-format.md`, made from the schema that job files are read with. */
export function jobFormatPage(): string {
  const job = definition('job');
  const { inputs, limits, session, schedule, tasks, onError } = job.properties ?? {};
  const items = typeof tasks === 'object' && typeof tasks.items === 'object' && !Array.isArray(tasks.items) ? tasks.items : undefined;
  const ofInput = typeof inputs === 'object' && typeof inputs.additionalProperties === 'object' ? inputs.additionalProperties : undefined;
  const field = definition('extraction').properties?.['fields'];
  const ofField = typeof field === 'object' && typeof field.additionalProperties === 'object' ? field.additionalProperties : undefined;
  const whole = alternativesOf(definition('target'), links).find(({ properties }) => properties !== undefined);
  const sampleOfStep = schemaOfKind('goto');
  const parts = [
    '# Job files',
    '<!-- Made from the schema: test/rig/jobFormatPage.ts. Do not edit by hand. -->',
    'A browser job is a file `*.job.yaml` (or `*.job.json`) in `.claudetask/jobs`. Its name is its path there, without the ending.',
    `\`\`\`yaml\n${exampleJob}\`\`\``,
    `## The file\n\n${table(job)}`,
    ...nested('session', session),
    ...nested('inputs', ofInput),
    ...nested('limits', limits),
    ...nested('schedule', schedule),
    ...nested('onError', onError),
    ...nested('tasks', items),
    `## Steps\n\nEach step does one thing, by the key that names it. Besides, it can say:\n\n${table({
      ...sampleOfStep,
      properties: Object.fromEntries(Object.entries(sampleOfStep.properties ?? {}).filter(([key]) => common.has(key))),
    })}`,
    ...stepKindNames.map(stepSection),
    `### Fields of extract\n\n${ofField === undefined ? '' : table(ofField)}\n\nThe keys of \`extract\` itself:\n\n${table(definition('extraction'))}`,
    `## Elements\n\nAn element is one way to find it, \`{ role: button, name: Save }\`, or a list of ways in order of trust: the next one is tried when the one before finds nothing. It is taken only when it finds exactly one element, and that is still what the first one found.\n\n${table(definition('candidate'))}\n\nWith what it was, and the frames it stands in:\n\n${whole === undefined ? '' : table(whole)}`,
    `## Conditions\n\n${alternativesOf(definition('condition'), links).map(conditionLine).join('\n')}`,
    `## Templates\n\nIn texts, \`{{inputs.name}}\`, \`{{vars.name}}\`, \`{{steps.id}}\`, \`{{item.field}}\` and these stand for values:\n\n${list(builtInNames)}\n\nA value can go through filters, as in \`{{item.subject | trim | slug}}\`:\n\n${list(templateFilters)}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

const list = (words: Readonly<Record<string, string>>) =>
  Object.entries(words)
    .map(([word, told]) => `- \`${word}\`: ${told}`)
    .join('\n');

function conditionLine(node: SchemaNode): string {
  const [key = '', value] = Object.entries(node.properties ?? {})[0] ?? [];
  const told = typeof value === 'object' ? descriptionOf(value) : '';
  const more: Readonly<Record<string, string>> = {
    not: 'The condition does not hold.',
    all: 'All of the conditions hold.',
    any: 'One of the conditions holds.',
  };
  return `- \`${key}\`: ${more[key] ?? told}`;
}
