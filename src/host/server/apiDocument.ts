import * as z from 'zod';

const parameter = z.looseObject({
  name: z.string(),
  in: z.string(),
  required: z.boolean().default(false),
  description: z.string().default(''),
  schema: z.unknown(),
});
const body = z.looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.unknown() })) });
const route = z.looseObject({
  summary: z.string().default(''),
  tags: z.array(z.string()).default([]),
  parameters: z.array(parameter).default([]),
  requestBody: body.optional(),
  responses: z.record(z.string(), z.unknown()).default({}),
});
const openApi = z.looseObject({
  info: z.looseObject({ title: z.string(), version: z.string(), description: z.string().default('') }),
  tags: z.array(z.looseObject({ name: z.string(), description: z.string().default('') })).default([]),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
});
/** What is shown of a JSON schema. */
const schema = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  items: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).default([]),
  description: z.string().default(''),
});

const methods = ['get', 'post', 'put', 'delete'];
const cell = (text: string) => text.replaceAll('|', String.raw`\|`).replace(/\s+/g, ' ');
const code = (text: string) => `\`${text}\``;

function typeText(value: unknown): string {
  const read = schema.safeParse(value);
  if (!read.success) return '';
  const { $ref, type, const: only, enum: choices, anyOf, oneOf, items } = read.data;
  if ($ref !== undefined) return $ref.slice($ref.lastIndexOf('/') + 1);
  if (only !== undefined) return code(JSON.stringify(only));
  if (choices !== undefined) return choices.map((choice) => code(String(choice))).join(', ');
  const several = anyOf ?? oneOf;
  if (several !== undefined) return [...new Set(several.map(typeText))].filter(Boolean).join(' or ');
  if (type === 'array') return `list of ${typeText(items) || 'anything'}`;
  return type === undefined ? 'anything' : [type].flat().join(' or ');
}

interface Field {
  name: string;
  place: string;
  type: string;
  required: boolean;
  meaning: string;
}

function fieldsOf({ parameters, requestBody }: z.output<typeof route>): Field[] {
  const found: Field[] = parameters.map(({ name, in: place, required, description, schema: of }) => ({
    name,
    place,
    type: typeText(of),
    required,
    meaning: description || (schema.safeParse(of).data?.description ?? ''),
  }));
  for (const { schema: of } of Object.values(requestBody?.content ?? {})) {
    const { properties = {}, required = [] } = schema.safeParse(of).data ?? {};
    for (const [name, value] of Object.entries(properties)) {
      const meaning = schema.safeParse(value).data?.description ?? '';
      found.push({ name, place: 'body', type: typeText(value), required: required.includes(name), meaning });
    }
  }
  return found;
}

interface Shown {
  title: string;
  route: z.output<typeof route>;
}

function routeLines({ title, route: shown }: Shown): string[] {
  const lines = [`### ${code(title)}`, '', shown.summary, ''];
  const fields = fieldsOf(shown);
  const hasMeanings = fields.some(({ meaning }) => meaning !== '');
  const row = (cells: readonly string[]) => `| ${(hasMeanings ? cells : cells.slice(0, 3)).join(' | ')} |`;
  if (fields.length > 0) lines.push(row(['Field', 'In', 'Type', 'Meaning']), row(['---', '---', '---', '---']));
  for (const { name, place, type, required, meaning } of fields)
    lines.push(row([`${code(name)}${required ? ' (required)' : ''}`, place, cell(type), cell(meaning)]));
  if (fields.length > 0) lines.push('');
  lines.push(`Answers ${Object.keys(shown.responses).join(', ')}.`, '');
  return lines;
}

/** An OpenAPI document as Markdown, for people: what there is at a glance, then each route with its fields. `origin`: null while the server is off. */
export function apiDocumentText(document: unknown, origin: string | null): string {
  const { info, tags, paths } = openApi.parse(document);
  const shown: Shown[] = Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const read = route.safeParse(item[method]);
      return read.success ? [{ title: `${method.toUpperCase()} ${path}`, route: read.data }] : [];
    }),
  );
  const named = tags.map(({ name }) => name);
  const others = [...new Set(shown.flatMap((one) => one.route.tags[0] ?? 'Others'))].filter((name) => !named.includes(name));
  const groups = [...named, ...others].map((name) => ({
    name,
    description: tags.find((tag) => tag.name === name)?.description ?? '',
    routes: shown.filter((one) => (one.route.tags[0] ?? 'Others') === name),
  }));
  const lines = [`# ${info.title} API ${info.version}`, '', info.description, ''];
  lines.push(
    'Every request names a client by its token. This asks for the tasks:',
    '',
    '```sh',
    `curl -H "Authorization: Bearer $CLAUDETASK_TOKEN" '${origin ?? 'http://127.0.0.1:PORT'}/api/tasks'`,
    '```',
    '',
    'Answers are `{"code", "data", "message"}`: the code is `ok`, or names what went wrong.',
    '',
  );
  for (const { name, description, routes } of groups.filter((group) => group.routes.length > 0)) {
    lines.push(`## ${name}`, '', ...(description === '' ? [] : [description, '']), '| Route | What it does |', '| --- | --- |');
    for (const one of routes) lines.push(`| ${code(cell(one.title))} | ${cell(one.route.summary)} |`);
    lines.push('', ...routes.flatMap(routeLines));
  }
  return `${lines.join('\n').trimEnd()}\n`;
}
