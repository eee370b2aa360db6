import fs from 'node:fs';
import os from 'node:os';

/** One line of the machine-readable result: the median of `runs` values and, per peer, the median of ratios paired within a run. */
export interface Row {
  case: string;
  /** Size of the data, usually tasks. */
  n: number;
  subject: string;
  value: number;
  unit: string;
  runs: number;
  ratio: Record<string, number>;
}

export interface Bar {
  text: string;
  /** What was measured, to print beside the bar. */
  got: number;
  /** The bar is met when `got` is at most (or at least) this. */
  limit: number;
  atLeast?: boolean;
  unit?: string;
}

export function quantile(values: ArrayLike<number>, q: number): number {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return Number.NaN;
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? Number.NaN;
}

export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2;
}

export const round = (x: number): number => (Number.isFinite(x) ? Number(x.toPrecision(4)) : x);

/** Collects one value per subject, case and run, and works out medians and paired ratios at the end. */
export class Report {
  readonly #values = new Map<string, { case: string; n: number; subject: string; unit: string; byRun: Map<number, number> }>();
  readonly #compare = new Map<string, string[]>();
  readonly #bars: Bar[] = [];
  readonly bench: string;

  constructor(bench: string) {
    this.bench = bench;
  }

  add(run: number, row: { case: string; n: number; subject: string; unit: string; value: number }): void {
    const key = `${row.case}\n${row.n}\n${row.subject}`;
    const entry = this.#values.get(key) ?? {
      case: row.case,
      n: row.n,
      subject: row.subject,
      unit: row.unit,
      byRun: new Map<number, number>(),
    };
    entry.byRun.set(run, row.value);
    this.#values.set(key, entry);
  }

  /** Ratios of every subject of a case are taken to these subjects. */
  compare(caseName: string, peers: string[]): void {
    this.#compare.set(caseName, peers);
  }

  /** Paired ratios of one subject to a peer, one per run. */
  ratios(caseName: string, n: number, subject: string, peer: string): number[] {
    const a = this.#values.get(`${caseName}\n${n}\n${subject}`);
    const b = this.#values.get(`${caseName}\n${n}\n${peer}`);
    if (a === undefined || b === undefined) return [];
    return [...a.byRun].flatMap(([run, value]) => {
      const other = b.byRun.get(run);
      return other === undefined || other === 0 ? [] : [value / other];
    });
  }

  /** As `ratios`, by subtraction: for a bar that says how much more. */
  differences(caseName: string, n: number, subject: string, peer: string): number[] {
    const b = this.#values.get(`${caseName}\n${n}\n${peer}`);
    return [...(this.#values.get(`${caseName}\n${n}\n${subject}`)?.byRun ?? [])].flatMap(([run, value]) => {
      const other = b?.byRun.get(run);
      return other === undefined ? [] : [value - other];
    });
  }

  value(caseName: string, n: number, subject: string): number {
    return median([...(this.#values.get(`${caseName}\n${n}\n${subject}`)?.byRun.values() ?? [])]);
  }

  bar(bar: Bar): void {
    this.#bars.push(bar);
  }

  rows(): Row[] {
    return [...this.#values.values()].map((v) => {
      const ratio: Record<string, number> = {};
      for (const peer of this.#compare.get(v.case) ?? []) {
        const list = peer === v.subject ? [] : this.ratios(v.case, v.n, v.subject, peer);
        if (list.length > 0) ratio[peer] = round(median(list));
      }
      return {
        case: v.case,
        n: v.n,
        subject: v.subject,
        value: round(median([...v.byRun.values()])),
        unit: v.unit,
        runs: v.byRun.size,
        ratio,
      };
    });
  }

  /** Prints tables and bars; writes JSON where asked. True when every bar is met. */
  finish(jsonFile: string | undefined): boolean {
    const rows = this.rows();
    const groups = new Map<string, Row[]>();
    for (const row of rows) {
      const title = `${row.case}, n = ${row.n.toLocaleString('en')}`;
      groups.set(title, [...(groups.get(title) ?? []), row]);
    }
    for (const [title, list] of groups) {
      console.log(`\n${title}`);
      for (const row of list) {
        const ratios = (this.#compare.get(row.case) ?? [])
          .filter((peer) => peer in row.ratio)
          .map((peer) => {
            const r = this.ratios(row.case, row.n, row.subject, peer);
            return `${round(Math.min(...r))} / ${row.ratio[peer]} / ${round(Math.max(...r))} × ${peer}`;
          });
        console.log(`  ${row.subject.padEnd(34)} ${String(row.value).padStart(10)} ${row.unit.padEnd(6)} ${ratios.join('   ')}`);
      }
    }
    if (groups.size > 0) console.log('\nValues are medians of the runs; ratios are min / median / max of ratios paired within a run.');
    let met = true;
    if (this.#bars.length > 0) console.log('\nBars');
    for (const bar of this.#bars) {
      const ok = bar.atLeast === true ? bar.got >= bar.limit : bar.got <= bar.limit;
      met &&= ok;
      console.log(
        `  ${ok ? 'met   ' : 'MISSED'} ${bar.text}: ${round(bar.got)} ${bar.atLeast === true ? '≥' : '≤'} ${bar.limit}${bar.unit === undefined ? '' : ` ${bar.unit}`}`,
      );
    }
    if (jsonFile !== undefined) {
      const bars = this.#bars.map((b) => ({
        text: b.text,
        got: round(b.got),
        limit: b.limit,
        met: b.atLeast === true ? b.got >= b.limit : b.got <= b.limit,
      }));
      fs.writeFileSync(jsonFile, `${JSON.stringify({ bench: this.bench, machine: machine(), rows, bars }, null, 2)}\n`);
      console.log(`\nWritten: ${jsonFile}`);
    }
    return met;
  }
}

export function machine(): Record<string, unknown> {
  const cpus = os.cpus();
  return {
    platform: `${os.platform()} ${os.release()} ${os.arch()}`,
    cpu: cpus[0]?.model.trim() ?? 'unknown',
    cores: cpus.length,
    memoryGb: Math.round(os.totalmem() / 2 ** 30),
    node: process.versions.node,
    peers: process.env['BENCH_PEER_VERSIONS'] ?? '',
    load: round(os.loadavg()[0] ?? Number.NaN),
  };
}

export interface BenchArgs {
  quick: boolean;
  json: string | undefined;
  /** `--only a,b`: parts to run, for work on one of them. */
  only: string[] | undefined;
  /** `--subjects a,b`: likewise. */
  subjects: string[] | undefined;
  runs: number | undefined;
}

export function benchArgs(): BenchArgs {
  const args = process.argv.slice(2);
  const after = (flag: string) => (args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined);
  const runs = after('--runs');
  return {
    quick: args.includes('--quick'),
    json: after('--json'),
    only: after('--only')?.split(','),
    subjects: after('--subjects')?.split(','),
    runs: runs === undefined ? undefined : Number(runs),
  };
}

export function benchPlaces(): { root: string; dir: string; build: string; peers: string } {
  const root = process.env['BENCH_ROOT'];
  const dir = process.env['BENCH_DIR'];
  if (root === undefined || dir === undefined) throw new Error('Run this through "npm run bench".');
  return { root, dir, build: `${dir}/build`, peers: process.env['BENCH_PEERS'] ?? '' };
}
