import { AppError } from '../../core/appError.ts';
import { stepWords } from '../../core/jobs/stepWords.ts';
import { kindOfStep } from '../../protocol/jobs/steps.ts';
import type { Step, StepKind } from '../../protocol/jobs/steps.ts';
import { attempt, StepFailed } from './attempts.ts';
import type { Attempt } from './attempts.ts';
import type { LiveRun, StepAt } from './liveRun.ts';
import type { Level } from './position.ts';
import { WayLost } from './thresholds.ts';
import { isWrite } from './writes.ts';

/** A list of steps on its way through. */
interface Place {
  /** Path of the list: `3.steps`; empty for the job's own. */
  path: string;
  /** The levels around it. */
  around: readonly Level[];
  /** Where it stands in loops. */
  position: string;
  /** Where to take it up; null to begin with its first step. */
  resume: Level[] | null;
}

const usualTimeout = 30_000;
const mostLost = 3;

/** Does a list of steps, and writes a checkpoint after each. */
export async function walk(run: LiveRun, steps: readonly Step[], { path, around, position, resume }: Place): Promise<void> {
  const [first, ...inner] = takeUpAt(run, steps, resume);
  const begin = first?.i ?? 0;
  if (first !== undefined) await repeatWay(run, steps, { path, around, position, resume: null }, begin);
  for (let i = begin; i < steps.length; i++) {
    const step = steps[i];
    if (step === undefined) continue;
    const level: Level = i === begin && first !== undefined ? { ...first } : { i };
    const at = stepAt(run, step, path === '' ? String(i) : `${path}.${i}`, position);
    const levels = [...around, level];
    const inside: Attempt = {
      level,
      resume: i === begin && inner.length > 0 ? inner : null,
      walk: (body, name, within, resumed) =>
        walk(run, body, { path: `${at.path}.${name}`, around: levels, position: within, resume: resumed }),
      save: (words) => run.save(levels, words),
      begin: () => run.save(levels, at.what, at.path),
    };
    let lost = 0;
    for (let before = ''; ;) {
      try {
        await attempt(run, { ...at }, inside);
        break;
      } catch (error) {
        if (!(error instanceof WayLost)) throw error;
        const now = JSON.stringify(level);
        lost = now === before ? lost + 1 : 1;
        before = now;
        if (lost > mostLost) throw new StepFailed(new AppError('job.signedOut', `${at.what}: the session ends again and again.`), at.path);
        await repeatWay(run, steps, { path, around, position, resume: null }, i);
      }
    }
    await run.save([...around, { i: i + 1 }], at.what);
  }
}

/**
 * Where to take up a list: where it was left, or at the step whose rows are needed again. Then what was done since is done once more, which
 * must not be anything that writes.
 */
function takeUpAt(run: LiveRun, steps: readonly Step[], resume: Level[] | null): Level[] {
  const [first] = resume ?? [];
  if (resume === null || first === undefined) return [];
  const missing = steps.findIndex((step, i) => i < first.i && step.id !== undefined && run.dropped.has(step.id));
  if (missing === -1) return resume;
  const again = steps.slice(missing, first.i + 1);
  if (again.some((step) => writesSomething(run, step)))
    throw new AppError(
      'job.state',
      'The run cannot go on where it was: the rows it needs were too many to keep, and reading them again would repeat a step that changes something. Run the job anew.',
    );
  return [{ i: missing }];
}

function writesSomething(run: LiveRun, step: Step): boolean {
  const inner = [...('steps' in step ? (step.steps ?? []) : []), ...('else' in step ? (step.else ?? []) : [])];
  return isWrite(run, { step, kind: kindOfStep(step) ?? 'extract' }) || inner.some((one) => writesSomething(run, one));
}

function stepAt(run: LiveRun, step: Step, path: string, position: string): StepAt {
  const kind: StepKind = kindOfStep(step) ?? 'extract';
  return {
    path,
    step,
    kind,
    what: run.redact(stepWords(step)),
    timeout: step.timeout ?? usualTimeout,
    position,
    healed: false,
    attempt: 1,
  };
}

/** What leads to where a run is taken up, and changes nothing. */
const leading = new Set<StepKind>([
  'goto',
  'waitFor',
  'ensureSignedIn',
  'click',
  'fill',
  'select',
  'check',
  'press',
  'hover',
  'scroll',
  'set',
  'pause',
]);

/**
 * Goes the way to a step again, from the last page that was opened before it: what the page looked like is in no checkpoint. Nothing is read again, and no
 * step that writes is repeated.
 */
async function repeatWay(run: LiveRun, steps: readonly Step[], place: Place, until: number): Promise<void> {
  const from = Math.max(
    0,
    steps.slice(0, until).findLastIndex((step) => 'goto' in step || ('ensureSignedIn' in step && step.ensureSignedIn.url !== undefined)),
  );
  for (const [i, step] of steps.slice(0, until).entries()) {
    const at = stepAt(run, step, place.path === '' ? String(i) : `${place.path}.${i}`, place.position);
    if (!leading.has(at.kind) || isWrite(run, at) || step.disabled === true) continue;
    if (!isNeeded(run, step, i >= from)) continue;
    const level: Level = { i };
    const levels = [...place.around, level];
    const none = () => Promise.resolve();
    await attempt(
      run,
      { ...at, what: `Again: ${at.what}` },
      { level, resume: null, walk: none, save: () => run.save(levels, at.what), begin: none },
    );
  }
}

/** Values are taken from the page only if they were not kept; questions are asked only if their answers were not. */
function isNeeded(run: LiveRun, step: Step, onTheWay: boolean): boolean {
  if ('set' in step) return Object.keys(step.set).some((name) => !Object.hasOwn(run.vars, name));
  if ('pause' in step) return step.answer !== undefined && !Object.hasOwn(run.vars, step.answer);
  return onTheWay;
}

/** The place of a step that a person has named, by its path or its id. Null when there is none. */
export function placeOf(steps: readonly Step[], named: string): Level[] | null {
  const byPath = levelsOfPath(named);
  return byPath ?? levelsOfId(steps, named);
}

function levelsOfPath(path: string): Level[] | null {
  const parts = path.split('.');
  const levels: Level[] = [];
  for (let at = 0; at < parts.length; at += 2) {
    const [index = '', list] = parts.slice(at, at + 2);
    if (!/^\d+$/.test(index)) return null;
    levels.push(list === 'else' || list === 'steps' ? { i: Number(index), branch: list } : { i: Number(index) });
  }
  return levels;
}

function levelsOfId(steps: readonly Step[], id: string): Level[] | null {
  for (const [i, step] of steps.entries()) {
    if (step.id === id) return [{ i }];
    const bodies = [
      { branch: 'steps' as const, body: 'steps' in step ? (step.steps ?? []) : [] },
      { branch: 'else' as const, body: 'else' in step ? (step.else ?? []) : [] },
    ];
    for (const { branch, body } of bodies) {
      const inner = levelsOfId(body, id);
      if (inner !== null) return [{ i, branch }, ...inner];
    }
  }
  return null;
}
