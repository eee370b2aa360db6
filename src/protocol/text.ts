import * as z from 'zod';

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;
// Control characters would break terminals, exports and the audit's canonical form; tab and line ends are text.
const control = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/;
const lineBreak = /[\r\n]/;

/** Text that can be stored as UTF-8. */
export const wellFormed = (max: number) =>
  z
    .string()
    .max(max, `is longer than ${max.toLocaleString('en')} characters`)
    .refine((s) => !loneSurrogate.test(s), 'holds half of a surrogate pair, which is no character');
export const text = (max: number) => wellFormed(max).refine((s) => !control.test(s), 'holds a control character');
export const line = (max: number) => text(max).refine((s) => !lineBreak.test(s), 'holds a line break');
