import * as z from 'zod';
import { condition } from './condition.ts';
import type { Condition } from './condition.ts';
import { extraction } from './extraction.ts';
import type { Extraction } from './extraction.ts';
import { target } from './locator.ts';
import type { Target } from './locator.ts';
import { commonOfStep, plainStepKinds } from './plainSteps.ts';
import type { PlainStepKind, PlainStepOf } from './plainSteps.ts';
import { identifier, scalar, template } from './values.ts';
import type { Scalar } from './values.ts';

type Common = { [K in keyof typeof commonOfStep]?: z.output<(typeof commonOfStep)[K]> };

// Written out: the type of a schema that holds itself cannot be inferred.
export interface ForEachPageStep extends Common {
  forEachPage: { next: Target; until?: 'missing' | 'disabled' | undefined; max?: number | undefined };
  extract?: Extraction | undefined;
  steps?: Step[] | undefined;
}
export interface ForEachStep extends Common {
  forEach: { in: string | Scalar[]; as?: string | undefined; max?: number | undefined };
  steps: Step[];
}
export interface IfStep extends Common {
  if: Condition;
  steps: Step[];
  else?: Step[] | undefined;
}
interface NestingSteps {
  forEachPage: ForEachPageStep;
  forEach: ForEachStep;
  if: IfStep;
}
export type StepKind = PlainStepKind | keyof NestingSteps;
export type StepOf<K extends StepKind> = K extends PlainStepKind ? PlainStepOf<K> : K extends keyof NestingSteps ? NestingSteps[K] : never;
export type Step = { [K in StepKind]: StepOf<K> }[StepKind];

export const steps: z.ZodType<Step[]> = z.lazy(() => z.array(step).min(1, 'has no step').max(2000, 'has more than 2,000 steps'));

/** A schema per kind, under the key that a step is known by. */
export const stepKinds = {
  ...plainStepKinds,
  forEachPage: z
    .strictObject({
      ...commonOfStep,
      forEachPage: z.strictObject({
        next: target.describe('What leads to the next page.'),
        until: z
          .enum(['missing', 'disabled'])
          .optional()
          .describe('How the last page shows: no such element (default), or it is disabled. Both are noticed.'),
        max: z.int().min(1).max(100_000).optional().describe('At most this many pages.'),
      }),
      extract: extraction.optional().describe('Reads records from each page.'),
      steps: steps.optional().describe('What else to do on each page.'),
    })
    .refine((one) => one.extract !== undefined || one.steps !== undefined, 'does nothing on its pages: it needs extract or steps')
    .describe('Goes from page to page and reads or does something on each.'),
  forEach: z
    .strictObject({
      ...commonOfStep,
      forEach: z.strictObject({
        in: z.union([template, z.array(scalar).max(100_000)]).describe('{{steps.rows}}, a list, or text with a value per line.'),
        as: identifier.optional().describe('What each is called; item unless told.'),
        max: z.int().min(1).max(100_000).optional(),
      }),
      steps,
    })
    .describe('Does its steps for each value of a list.'),
  if: z
    .strictObject({ ...commonOfStep, if: condition, steps, else: steps.optional() })
    .describe('Does its steps when a condition holds, and those of else when it does not.'),
} as const satisfies { [K in StepKind]: z.ZodType<StepOf<K>> };

const isStepKind = (name: string): name is StepKind => name in stepKinds;
export const stepKindNames = Object.keys(stepKinds).filter(isStepKind);

/**
 * The kind of a step that has passed the schema, or of one that was meant: by the key that names a kind. `extract` can stand beside
 * `forEachPage` and `request` as a part of them.
 */
export function kindOfStep(value: object): StepKind | undefined {
  return stepKindNames.find((kind) => kind !== 'extract' && kind in value) ?? ('extract' in value ? 'extract' : undefined);
}

/**
 * By its kind and not by a union: that would read what is nested once for each kind that can nest, three times as much work with each
 * level, and its errors would be those of all kinds.
 */
export const step: z.ZodType<Step> = z
  .unknown()
  .transform((value, context): Step => {
    const kind = typeof value === 'object' && value !== null ? kindOfStep(value) : undefined;
    if (kind === undefined) {
      context.issues.push({
        code: 'custom',
        input: value,
        message: 'is no step: it has no key that says what to do, such as goto or click',
      });
      return z.NEVER;
    }
    const result: z.ZodSafeParseResult<Step> = stepKinds[kind].safeParse(value, { reportInput: true });
    if (result.success) return result.data;
    context.issues.push({ code: 'invalid_union', input: value, errors: [result.error.issues] });
    return z.NEVER;
  })
  .describe('A step: one thing to do, by the key that names it.');
