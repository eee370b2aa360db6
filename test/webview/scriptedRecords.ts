import type { Page } from 'playwright-core';
import type { ErrorBody } from '../../src/core/appError.ts';
import {
  recordsRequest,
  type RecordRange,
  type RecordsAction,
  type RecordsMessage,
  type RecordsRequest,
  type RangeRequest,
  type ShownCollection,
} from '../../src/protocol/jobs/pageMessages.ts';
import type { JobRecord } from '../../src/protocol/jobs/runs.ts';
import { eventually } from '../rig/eventually.ts';
import type { ScriptedEnd } from './openJobPage.ts';

export const readAt = Date.UTC(2026, 10, 21, 12, 3, 0);
export const fields = ['number', 'subject', 'status', 'due', 'ball_in_court', 'cost'];

export function rfi(index: number, more: Partial<JobRecord> = {}): JobRecord {
  const number = `RFI-${String(index + 1).padStart(6, '0')}`;
  return {
    key: number,
    change: 'same',
    data: {
      number,
      subject: `Question ${index + 1} about the wall ${'that is long to say '.repeat(index % 4)}`.trim(),
      status: index % 3 === 0 ? 'Open' : 'Closed',
      due: '2026-12-01',
      ball_in_court: null,
      cost: (index * 37) % 1000,
    },
    before: null,
    url: 'app.example.com/rfis',
    page: Math.floor(index / 25) + 1,
    row: (index % 25) + 1,
    readAt,
    run: 12,
    firstRun: 11,
    problems: [],
    task: null,
    ...more,
  };
}

/** The records of a job, with a store's manners: pages, order, filter, and no more than is asked for. */
export class ScriptedRecords implements ScriptedEnd {
  page: Page | undefined;
  readonly requests: RecordsRequest[] = [];
  readonly collections = new Map<string, { fields: string[]; records: JobRecord[] }>();
  first: string | null = null;
  /** Answers wait while it is set. */
  hold: Promise<void> | undefined;
  /** The next question is refused with it. */
  refuse: ErrorBody | undefined;
  /** `ready` is answered with it. */
  problem: ErrorBody | undefined;

  constructor(records: JobRecord[] = Array.from({ length: 60 }, (_, index) => rfi(index)), of: string[] = fields) {
    if (records.length > 0) this.collections.set('rfis', { fields: of, records });
  }

  get ranges(): RangeRequest[] {
    return this.requests.filter((request) => request.kind === 'range');
  }

  get actions(): RecordsAction[] {
    return this.requests.flatMap((request) => (request.kind === 'act' ? [request.action] : []));
  }

  /** The next action of the page. */
  action(number = 1): Promise<RecordsAction> {
    return eventually(`action ${number}`, () => this.actions[number - 1]);
  }

  async receive(message: unknown): Promise<void> {
    const request = recordsRequest.parse(message);
    this.requests.push(request);
    if (request.kind === 'ready') {
      if (this.problem !== undefined) {
        await this.send({ kind: 'problem', error: this.problem });
        return;
      }
      const collections = this.shown();
      const collection = this.first ?? collections[0]?.collection ?? null;
      await this.send({ kind: 'init', job: 'procore/rfis', collections, collection, locale: 'en', strings: {} });
      return;
    }
    await this.hold;
    const error = this.refuse;
    this.refuse = undefined;
    const value = request.kind === 'range' ? this.#range(request) : null;
    await this.send({ kind: 'reply', id: request.id, reply: error === undefined ? { ok: true, value } : { ok: false, error } });
  }

  shown(): ShownCollection[] {
    return [...this.collections].map(([collection, { fields: of, records }]) => {
      return { job: 'procore/rfis', collection, fields: of, total: records.length, counts: counted(records), lastRun: 12, readAt };
    });
  }

  #range({ collection, changes, search, sort, offset, limit }: RangeRequest): RecordRange {
    const { fields: of, records } = this.collections.get(collection) ?? { fields: [], records: [] };
    let found = records;
    if (changes !== undefined) found = found.filter(({ change }) => changes.includes(change));
    if (search !== undefined) found = found.filter(({ data }) => Object.values(data).some((value) => String(value).includes(search)));
    if (sort !== undefined) {
      const sign = sort.descending === true ? -1 : 1;
      const by = (one: JobRecord) => one.data[sort.field] ?? '';
      found = found.toSorted((a, b) => (by(a) < by(b) ? -sign : by(a) > by(b) ? sign : 0));
    }
    return { total: found.length, fields: of, counts: counted(records), records: found.slice(offset, offset + limit) };
  }

  async changed(): Promise<void> {
    await this.send({ kind: 'changed', collections: this.shown() });
  }

  async send(message: RecordsMessage): Promise<void> {
    await this.page?.evaluate((sent) => window.postMessage(sent, '*'), message);
  }
}

function counted(records: readonly JobRecord[]): RecordRange['counts'] {
  const counts = { new: 0, changed: 0, same: 0, gone: 0 };
  for (const { change } of records) counts[change]++;
  return counts;
}
