import type { LogEntry } from '../../protocol/jobs/runs.ts';

const results: Readonly<Record<LogEntry['result'], string>> = {
  ok: '',
  skipped: 'skipped',
  healed: 'found by another way',
  retried: 'tried again',
  failed: 'failed',
  blocked: 'blocked',
  asked: 'asks',
  answered: 'answered',
};

/** `3.steps.1  Click button "Next" (app.example.com/rfis), 25, 120 ms: tried again — the page was reloaded`. */
export function entryLine({ step, what, where, result, ms, count, message }: LogEntry): string {
  const measured = [count === null ? '' : String(count), `${ms} ms`].filter((part) => part !== '').join(', ');
  const outcome = [results[result], message ?? ''].filter((part) => part !== '').join(' — ');
  return `${step}  ${what}${where === null ? '' : ` (${where})`}, ${measured}${outcome === '' ? '' : `: ${outcome}`}`;
}

export const entryLevel = ({ result }: LogEntry): 'info' | 'warning' | 'error' =>
  result === 'failed' ? 'error' : result === 'blocked' || result === 'healed' || result === 'retried' ? 'warning' : 'info';
