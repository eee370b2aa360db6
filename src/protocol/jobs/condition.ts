import * as z from 'zod';
import { target } from './locator.ts';
import type { Target } from './locator.ts';
import { duration, regex, template } from './values.ts';

/** A question a step can ask without a script. Texts are templates. */
export type Condition =
  | { exists: Target }
  | { visible: Target }
  | { url: string }
  | { equals: [string, string] }
  | { contains: [string, string] }
  | { matches: [string, string] }
  | { greater: [string, string] }
  | { less: [string, string] }
  | { empty: string }
  | { not: Condition }
  | { all: Condition[] }
  | { any: Condition[] };

const two = z.tuple([template, template]);
const textAndPattern = z.tuple([template, regex]);

export const condition: z.ZodType<Condition> = z
  .lazy(() =>
    z.union([
      z.strictObject({ exists: target.describe('There is such an element.') }),
      z.strictObject({ visible: target.describe('Such an element can be seen.') }),
      z.strictObject({ url: template.describe('The page’s address is this; * stands for anything.') }),
      z.strictObject({ equals: two.describe('Both texts are the same.') }),
      z.strictObject({ contains: two.describe('The first text holds the second.') }),
      z.strictObject({ matches: textAndPattern.describe('The first text matches the regular expression.') }),
      z.strictObject({ greater: two.describe('The first number or date is greater.') }),
      z.strictObject({ less: two.describe('The first number or date is smaller.') }),
      z.strictObject({ empty: template.describe('The text is empty or blank.') }),
      z.strictObject({ not: condition }),
      z.strictObject({ all: z.array(condition).min(1).max(20) }),
      z.strictObject({ any: z.array(condition).min(1).max(20) }),
    ]),
  )
  .describe('A condition, such as { visible: { role: alert } } or { equals: ["{{vars.a}}", "b"] }.');

export const waitUntil = z.union([
  z.strictObject({ visible: target, timeout: duration.optional() }).describe('Until the element can be seen.'),
  z.strictObject({ hidden: target, timeout: duration.optional() }).describe('Until the element is gone or hidden.'),
  z.strictObject({ url: template, timeout: duration.optional() }).describe('Until the address is this; * stands for anything.'),
  z.strictObject({ text: template, timeout: duration.optional() }).describe('Until the page shows this text.'),
  z.strictObject({ time: duration }).describe('For a time. Prefer to wait for something.'),
  z.strictObject({ network: z.literal('idle'), timeout: duration.optional() }).describe('Until nothing was loaded for half a second.'),
]);
