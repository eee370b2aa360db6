import { AppError } from '../../core/appError.ts';
import type { JobDefinition } from '../../protocol/jobs/jobFile.ts';

/** Whether the user has agreed to one of the things that `agreementsOf` names. */
export type Agreed = (what: string) => boolean;

type Asking = Pick<JobDefinition, 'hosts' | 'mode' | 'writes' | 'session'>;

/** The browser server that sees all that the job sees, and is sent its token; undefined when the browser is on this machine. */
export function browserServerOf({ session }: Pick<Asking, 'session'>): string | undefined {
  if (session === undefined || !('endpoint' in session)) return undefined;
  const { protocol, host } = new URL(session.endpoint);
  return `${protocol}//${host}`;
}

/**
 * What the user has to have agreed to before a job works with their session, each as it is remembered: `example.com` to read there,
 * `write example.com` to change things there too, `POST https://example.com/search` to send that, `browser wss://grid.example.com` to work there.
 */
export function agreementsOf(job: Asking): string[] {
  const server = browserServerOf(job);
  // Having let a job read is not having let one write.
  const work = job.mode === 'write' ? job.hosts.map((host) => `write ${host}`) : [...job.hosts, ...(job.writes ?? [])];
  return server === undefined ? work : [...work, `browser ${server}`];
}

/** Nobody else can agree for the user, and nothing waits for a question that nobody sees. @throws AppError `operation.forbidden`, details.missing. */
export function assertAgreed(job: Asking & Pick<JobDefinition, 'name'>, agreed: Agreed): void {
  const missing = agreementsOf(job).filter((what) => !agreed(what));
  if (missing.length === 0) return;
  throw new AppError(
    'operation.forbidden',
    `${job.name} was not started: with the session of the user it would ${missing.map(inWords).join(', ')}, and they have not agreed to that. Ask them to run it from the Jobs view of VS Code: they are asked there once.`,
    { missing },
  );
}

function inWords(what: string): string {
  const space = what.indexOf(' ');
  if (space === -1) return `read ${what}`;
  const [kind, where] = [what.slice(0, space), what.slice(space + 1)];
  if (kind === 'write') return `read and change data on ${where}`;
  return kind === 'browser' ? `work in the browser at ${where}` : `send ${what}`;
}
