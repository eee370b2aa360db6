import * as z from 'zod';
import { line, text } from '../text.ts';

/** Milliseconds, written `500ms`, `15s`, `10m`, `2h` or as a number of milliseconds. */
export const duration = z
  .union([z.int().min(0), z.string().regex(/^\d+(\.\d+)?(ms|s|m|h)$/, 'is not a time like 500ms, 15s, 10m or 2h')])
  .transform((value) => {
    if (typeof value === 'number') return value;
    const [, amount = '0', unit = 'ms'] = /^([\d.]+)(ms|s|m|h)$/.exec(value) ?? [];
    return Math.round(Number(amount) * ({ ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit] ?? 1));
  })
  .refine((ms) => ms <= 24 * 3_600_000, 'is longer than a day')
  .describe('A time such as 500ms, 15s, 10m or 2h.');

/** Text in which `{{inputs.project}}` or `{{item.url | slug}}` stands for a value; `core/jobs/template.ts` renders it. */
export const template = text(20_000).describe('Text; {{inputs.name}}, {{vars.name}} and {{item.field}} stand for values.');
export const regex = z
  .string()
  .max(500)
  .refine((source) => isRegex(source), 'is not a regular expression');

function isRegex(source: string): boolean {
  try {
    return new RegExp(source, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

export const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type Scalar = z.output<typeof scalar>;

/** What steps and inputs are called by in templates. */
export const identifier = line(60).regex(
  /^[A-Za-z_][A-Za-z0-9_-]*$/,
  'is not a name of letters, digits, - and _ that begins with a letter',
);
/** A set of records of one kind, such as `rfis` or `procore.rfi`. */
export const collectionName = line(100).regex(/^[a-z][a-z0-9_.-]*$/i, 'is not a name like rfis or procore.rfi');
/** `example.com`, `*.example.com`, `localhost:8080`. */
export const hostPattern = line(253).regex(
  /^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?(:\d{1,5})?$/i,
  'is not a host like app.example.com, *.example.com or localhost:8080',
);
/** A file of the workspace, by a path with `/` that stays inside it. May hold templates. */
export const workspacePath = line(1024)
  .min(1, 'is empty')
  .refine((path) => !/^([/\\~]|[A-Za-z]:)/.test(path), 'is not relative to the workspace folder')
  .refine((path) => !path.split(/[/\\]/).includes('..'), 'leads out of the workspace folder');
