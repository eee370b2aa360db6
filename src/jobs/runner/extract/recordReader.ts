import { AppError } from '../../../core/appError.ts';
import { cut, fieldReader, type FieldReader } from '../../../core/jobs/coerce.ts';
import { placeKey, recordKey } from '../../../core/jobs/recordKey.ts';
import type { Extraction } from '../../../protocol/jobs/extraction.ts';
import type { RecordDraft } from '../../../protocol/jobs/runs.ts';
import type { Scalar } from '../../../protocol/jobs/values.ts';

/** Values as they were read, in the order of the fields; `fixed` ones are not among them. */
export type RawRow = readonly Scalar[];

export interface ReaderPlace {
  page: number;
  position: string;
  /** Host and path of the page. */
  where: string;
  render(template: string): string;
}

/** How many problems are told in words; the rest is counted. */
const told = 20;
/** So many rows of which all are left out are no list with faults, but a page that was not understood. */
const all = 3;

/** Makes records of the rows of one page, and keeps count of what did not fit. */
export class RecordReader {
  readonly fields: string[];
  readonly keyFields: string[];
  readonly problems: string[] = [];
  rows = 0;
  skipped = 0;
  invalid = 0;
  readonly #onInvalid: 'fail' | 'skip' | 'keep-with-error';
  readonly #readers: { name: string; read: FieldReader; fixed: string | null }[];
  readonly #place: ReaderPlace;
  readonly #seen = new Map<string, number>();

  constructor(extraction: Extraction, place: ReaderPlace) {
    this.#place = place;
    this.#onInvalid = extraction.onInvalid ?? 'keep-with-error';
    this.fields = Object.keys(extraction.fields);
    this.keyFields = [extraction.key ?? []].flat();
    this.#readers = Object.entries(extraction.fields).map(([name, field]) => ({
      name,
      // A record cannot be told apart by what it does not have.
      read: fieldReader(name, this.keyFields.length === 1 && this.keyFields[0] === name ? { ...field, required: true } : field),
      fixed: field.value === undefined ? null : place.render(field.value),
    }));
  }

  /**
   * @param base address that links are completed by.
   * @param numbers number of each row on its page, from 1.
   * @throws AppError `job.badRecords` for a row that does not fit with `onInvalid: fail`, and when no row has its key or all would be left out.
   */
  read(raw: readonly RawRow[], numbers: readonly number[], base: string): RecordDraft[] {
    const resolve = (address: string): string | null => webAddress(address, base);
    const drafts: RecordDraft[] = [];
    let keys = 0;
    raw.forEach((cells, i) => {
      const number = numbers[i] ?? i + 1;
      const draft = this.#draft(cells, number, resolve);
      if (!draft.key.startsWith('@')) keys++;
      if (draft.problems !== undefined) {
        this.invalid++;
        const text = `row ${number}: ${draft.problems.join('; ')}`;
        if (this.problems.length < told) this.problems.push(text);
        if (this.#onInvalid === 'fail') {
          throw new AppError(
            'job.badRecords',
            `A record does not fit: ${text}. Correct the field in the job file, or let such rows pass with onInvalid.`,
            {
              problems: [text],
            },
          );
        }
        if (this.#onInvalid === 'skip') return void this.skipped++;
      }
      drafts.push(draft);
    });
    if (this.keyFields.length > 0 && raw.length > 0 && keys === 0) {
      throw new AppError(
        'job.badRecords',
        `None of the ${raw.length} rows has the key (${this.keyFields.join(', ')}). The page may have changed: look at where the field stands.`,
        { problems: this.problems.slice() },
      );
    }
    if (drafts.length === 0 && raw.length >= all) {
      throw new AppError('job.badRecords', `None of the ${raw.length} rows fits: ${this.problems[0] ?? ''}. The page may have changed.`, {
        problems: this.problems.slice(),
      });
    }
    this.rows += drafts.length;
    return drafts;
  }

  #draft(cells: RawRow, number: number, resolve: (address: string) => string | null): RecordDraft {
    const values: [string, Scalar][] = [];
    const problems: string[] = [];
    this.#readers.forEach(({ name, read, fixed }, i) => {
      const { value, problem } = read(fixed ?? cells[i] ?? null, resolve);
      values.push([name, value]);
      if (problem !== null) problems.push(cut(problem, 500));
    });
    const data = Object.fromEntries(values);
    const { page, position, where } = this.#place;
    const known = this.keyFields.length === 0 ? null : recordKey(this.keyFields, data);
    const key = known ?? placeKey(position, number);
    if (known !== null) {
      const before = this.#seen.get(key);
      if (before === undefined) this.#seen.set(key, number);
      else problems.push(`the key "${cut(key, 80)}" stands in row ${before} too`);
    }
    return { key, data, url: where, page, row: number, ...(problems.length > 0 ? { problems: problems.slice(0, 50) } : {}) };
  }
}

function webAddress(address: string, base: string): string | null {
  if (!URL.canParse(address, base)) return null;
  const url = new URL(address, base);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
}
