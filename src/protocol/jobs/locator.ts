import * as z from 'zod';
import { text } from '../text.ts';

const words = text(2000).min(1, 'is empty');

/** Ways to point at an element, best first: what a person sees survives a redesign, a path through the markup does not. */
const ways = {
  testId: words.optional().describe('The element’s test id (data-testid).'),
  role: words.optional().describe('ARIA role, such as button, link, row or textbox. Say `name` too.'),
  label: words.optional().describe('Text of the form field’s label.'),
  placeholder: words.optional().describe('Placeholder text of the field.'),
  text: words.optional().describe('Text that the element shows.'),
  title: words.optional().describe('The element’s title.'),
  alt: words.optional().describe('Alternative text of an image.'),
  css: words.optional().describe('CSS selector. Reaches into open shadow roots.'),
  xpath: words.optional().describe('XPath expression. One with an index can only confirm a choice, never make it.'),
};
export const locatorWays = ['testId', 'role', 'label', 'placeholder', 'text', 'title', 'alt', 'css', 'xpath'] as const;

export const candidate = z
  .strictObject({
    ...ways,
    name: words.optional().describe('Accessible name of the element with this `role`.'),
    exact: z.boolean().optional().describe('The whole text, with upper and lower case as written. Otherwise a part of it is enough.'),
  })
  .refine((one) => locatorWays.filter((way) => one[way] !== undefined).length === 1, {
    message: `names none or several of ${locatorWays.join(', ')}: each candidate is one way to find the element`,
  })
  .refine((one) => one.name === undefined || one.role !== undefined, { message: 'is for `role` only', path: ['name'] })
  .describe('One way to find an element.');

const candidates = z.array(candidate).min(1, 'has no candidate').max(12, 'has more than 12 candidates');

/** What the element was when it was recorded: a candidate that now leads to something else is not believed. */
export const fingerprint = z
  .strictObject({
    role: words.optional().describe('ARIA role when it was recorded.'),
    name: words.optional().describe('Accessible name when it was recorded.'),
    tag: words.optional().describe('Element name when it was recorded, such as button.'),
  })
  .describe('What the element was when it was recorded. Another candidate is taken only for an element that still is this.');

/** An element: one way to find it, several in order of trust, or several with what it was. */
export const target = z
  .union([
    candidate,
    candidates,
    z.strictObject({
      candidates,
      fingerprint: fingerprint.optional(),
      frame: z.array(candidate).min(1).max(5).optional().describe('The frames to go through, outermost first.'),
    }),
  ])
  .transform((one): Target => {
    if (Array.isArray(one)) return { candidates: one, fingerprint: null, frame: [] };
    if ('candidates' in one) return { candidates: one.candidates, fingerprint: one.fingerprint ?? null, frame: one.frame ?? [] };
    return { candidates: [one], fingerprint: null, frame: [] };
  })
  .describe('The element: one way to find it, or a list of ways in order of trust.');

export type Candidate = z.output<typeof candidate>;
export type Fingerprint = z.output<typeof fingerprint>;
export interface Target {
  candidates: Candidate[];
  fingerprint: Fingerprint | null;
  frame: Candidate[];
}
