import { literalTemplate } from '../../core/jobs/template.ts';

export type Sensitive = 'password' | 'code' | 'email' | 'phone';

interface Typed {
  name: string;
  kind: Sensitive;
  /** Only ever compared with: it is in nothing that is written. */
  value: string;
}

/** What fields are called in which something is typed that belongs in no file. */
const fieldWords: readonly (readonly [Sensitive, RegExp])[] = [
  ['password', /pass(?:word|wd|phrase|code)|pwd|passwor|kennwort|contrase|mot.?de.?passe|\bpin\b|secret/i],
  [
    'code',
    /otp|one.?time|verif\w*.?code|auth\w*.?code|security.?code|2fa|mfa|\bcode\b|\btoken\b|cvv|cvc|\bcard.?n|\biban\b|\bssn\b|social.?security/i,
  ],
  ['email', /e-?mail/i],
  ['phone', /phone|\btel\b|mobile|telef|handy/i],
];

function kindOfValue(value: string): Sensitive | null {
  const text = value.trim();
  if (/^[^\s@]{1,64}@[^\s@]{1,255}\.[^\s@.]{2,}$/.test(text)) return 'email';
  // Telephone numbers, and those of cards and accounts; a date is none.
  const digits = text.replaceAll(/\D/g, '').length;
  if (/^\+?[\d\s()./-]{7,30}$/.test(text) && (digits >= 9 || (text.startsWith('+') && digits >= 7)) && !/^\d{4}-\d\d-\d\d\b/.test(text))
    return 'phone';
  return text.length >= 24 && /^[\w.~+/=-]+$/.test(text) && /\d/.test(text) && /[a-z]/i.test(text) ? 'code' : null;
}

/** What kind of secret was typed into a field, by what the field is called and by what it looks like; null for other text. */
export function sensitiveKind(fieldNames: string, value: string): Sensitive | null {
  // `emailPassword` and `user_email` are words, too.
  const separated = fieldNames.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replaceAll('_', ' ');
  return fieldWords.find(([, pattern]) => pattern.test(separated))?.[0] ?? kindOfValue(value);
}

const prompts: Readonly<Record<Sensitive, string>> = {
  password: 'Password',
  code: 'Code',
  email: 'E-mail address',
  phone: 'Phone number',
};
const isSecret = (kind: Sensitive) => kind === 'password' || kind === 'code';

/** The inputs that a recorded job needs in place of what was typed. */
export class TypedInputs {
  readonly #typed: Typed[] = [];
  #files = 0;

  /** The template that stands for the value from now on. The same value gives the same input. */
  add(kind: Sensitive, value: string): string {
    const known = this.#typed.find((one) => one.kind === kind && one.value === value && value !== '');
    if (known !== undefined) return `{{inputs.${known.name}}}`;
    const count = this.#typed.filter((one) => one.kind === kind).length;
    const name = count === 0 ? kind : `${kind}_${count + 1}`;
    this.#typed.push({ name, kind, value });
    return `{{inputs.${name}}}`;
  }

  addFile(): string {
    this.#files++;
    return `{{inputs.${this.#files === 1 ? 'file' : `file_${this.#files}`}}}`;
  }

  /** As in the job file; undefined when there is none. */
  get inputs(): Record<string, unknown> | undefined {
    const all: Record<string, unknown> = {};
    for (const { name, kind } of this.#typed) {
      const number = /\d+$/.exec(name)?.[0];
      const prompt = number === undefined ? prompts[kind] : `${prompts[kind]} ${number}`;
      all[name] = isSecret(kind) ? { prompt, secret: true } : { prompt };
    }
    for (let index = 1; index <= this.#files; index++)
      all[index === 1 ? 'file' : `file_${index}`] = { type: 'file', prompt: 'File to upload' };
    return Object.keys(all).length === 0 ? undefined : all;
  }

  /** Whether a text gives away what was typed. */
  gives(text: string): boolean {
    return this.#typed.some(({ value }) => spellings(value).some((spelling) => text.includes(spelling)));
  }

  /**
   * A text with what was typed replaced: by its input where that may stand, else by `…`.
   * @param place `typed` for what is typed into a field, where secrets may stand too; `address` for other templates.
   */
  without(text: string, place: 'typed' | 'address' | 'plain'): string {
    const inputs = new Map(
      this.#typed.flatMap(({ name, kind, value }) => spellings(value).map((spelling) => [spelling, { name, kind }] as const)),
    );
    if (inputs.size === 0) return text;
    // All at once: what was put in is not looked at again.
    const any = new RegExp(
      [...inputs.keys()]
        .toSorted((a, b) => b.length - a.length)
        .map(escaped)
        .join('|'),
      'g',
    );
    return text.replaceAll(any, (spelling) => {
      const input = inputs.get(spelling);
      if (input === undefined || place === 'plain' || (place === 'address' && isSecret(input.kind))) return '…';
      return `{{inputs.${input.name}}}`;
    });
  }
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
/** Who types these gives nothing away, and selectors are full of them. */
const everyday = /^(?:pass(?:word)?|inputs?|e-?mail|phone|code|test|user(?:name)?|name|login|button|link)$/i;

/** As it is, and as it is in an address. Of three letters it cannot be said whether they were typed. */
function spellings(value: string): string[] {
  if (value.length < 4 || everyday.test(value)) return [];
  const inAddress = encodeURIComponent(value.replaceAll(/\p{Surrogate}/gu, '\uFFFD'));
  return [...new Set([value, inAddress, inAddress.replaceAll('%20', '+'), literalTemplate(value)])];
}
