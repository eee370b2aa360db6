import * as z from 'zod';

// A recording of the Recorder of Chrome DevTools, in the schema of puppeteer/replay 4. What newer versions add is let through; what older
// ones left out (offsets of clicks, lists around selectors) is not asked for.

const timeout = z
  .number()
  .min(1, 'is not between 1 and 30,000 milliseconds')
  .max(30_000, 'is not between 1 and 30,000 milliseconds')
  .optional();
const selectors = z.array(z.union([z.string(), z.array(z.string()).min(1, 'is empty')])).max(100);
const assertedEvent = z.looseObject({ type: z.string(), url: z.string().optional(), title: z.string().optional() });

const step = z.looseObject({
  type: z.string().min(1, 'is empty'),
  timeout,
  assertedEvents: z.array(assertedEvent).optional(),
  target: z.string().optional(),
  /** Indexes of child frames, from the main frame down. */
  frame: z.array(z.int().min(0)).max(20).optional(),
  selectors: selectors.optional(),
  /** Of 2021, in place of `selectors`, `target` and `frame`. */
  selector: z.string().optional(),
  context: z.looseObject({ target: z.string().optional(), path: z.array(z.int().min(0)).max(20).optional() }).optional(),
  url: z.string().optional(),
  value: z.union([z.string(), z.number(), z.boolean()]).optional(),
  key: z.string().optional(),
  button: z.string().optional(),
  operator: z.string().optional(),
  count: z.number().optional(),
  visible: z.boolean().optional(),
  x: z.number().optional(),
  y: z.number().optional(),
});

export const recording = z.looseObject({
  title: z.string(),
  timeout,
  steps: z.array(step).max(2000, 'has more than 2,000 steps'),
});
/** “Copy as JSON” of a single step. */
export const copiedStep = step;

export type RecordingStep = z.output<typeof step>;
export type Recording = z.output<typeof recording>;
