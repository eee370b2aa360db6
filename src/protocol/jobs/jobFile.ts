import * as z from 'zod';
import { line, text } from '../text.ts';
import { steps, type Step } from './steps.ts';
import { duration, hostPattern, identifier, regex, scalar, template } from './values.ts';

const prompt = line(300).optional().describe('What to ask the user.');

/** A value the user gives before the run. A `secret` one lives in memory only and is asked for each time. */
export const jobInput = z
  .strictObject({
    type: z.enum(['text', 'number', 'date', 'boolean', 'choice', 'file']).optional().describe('text unless told.'),
    prompt,
    default: scalar.optional().describe('What is proposed.'),
    options: z.array(line(200)).min(1).max(500).optional().describe('For choice.'),
    optional: z.boolean().optional().describe('May be left empty.'),
    secret: z.boolean().optional().describe('Typed hidden, never stored, never shown, never logged.'),
    pattern: regex.optional().describe('A regular expression the value must match.'),
  })
  .refine((input) => input.type !== 'choice' || input.options !== undefined, { message: 'is missing: the choices', path: ['options'] })
  .refine((input) => input.secret !== true || input.default === undefined, {
    message: 'cannot be given: a secret is never stored',
    path: ['default'],
  });

/** A name of a folder below our storage, so no path. */
const profileName = line(60).regex(/^[a-z0-9][a-z0-9_-]*$/i, 'is not a name of letters, digits, - and _');
const channel = z.enum(['chrome', 'chrome-beta', 'msedge', 'msedge-beta', 'chromium']);
/** Loopback only: a debugging port speaks for everything the browser is signed in to. */
const loopback = z
  .string()
  .regex(
    /^(http|ws):\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?(\/[^\s?#]*)?$/,
    'is not an address on this machine, such as http://127.0.0.1:9222',
  );

export const session = z
  .union([
    z
      .strictObject({
        profile: profileName.describe('Name of the profile. The user signs in once in its window; it is kept for later runs.'),
        browser: channel.optional().describe('chrome, msedge or chromium; the first that is installed unless told.'),
        window: z.boolean().optional().describe('Show the window while it runs.'),
      })
      .describe('A browser of ClaudeTask’s own, with a profile kept for the job.'),
    z
      .strictObject({
        attach: z
          .union([channel, loopback])
          .describe('chrome or msedge with remote debugging allowed, or the address of a debugging port on this machine.'),
        tab: template.optional().describe('The open tab to work in, by its address with *; a new tab unless told.'),
      })
      .describe('The browser the user has open. Its other tabs are left alone.'),
    z
      .strictObject({
        endpoint: z.url({ protocol: /^(wss?|https?)$/ }).describe('Address of a CDP or Playwright server.'),
        protocol: z.enum(['cdp', 'playwright']).optional().describe('playwright for ws addresses unless told.'),
        token: identifier.optional().describe('Name of the secret to send as bearer token; kept in VS Code’s secret storage.'),
      })
      .describe('A browser on a server or grid.'),
  ])
  .describe('The browser session the job works in.');

const weekday = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);
export const schedule = z
  .union([
    z.strictObject({ every: duration.refine((ms) => ms >= 60_000, 'is shorter than a minute') }),
    z.strictObject({
      at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is not a time like 07:30'),
      days: z.array(weekday).min(1).max(7).optional().describe('Every day unless told.'),
    }),
  ])
  .describe('When it runs by itself, while the editor is open and the user has switched it on.');

export const jobFile = z
  .strictObject({
    name: line(200).min(1, 'is empty').describe('What the job is called.'),
    version: z.literal(1).describe('Version of this format.'),
    description: text(20_000).optional().describe('What it is for.'),
    session: session.optional(),
    hosts: z.array(hostPattern).min(1, 'names no host').max(100).describe('The hosts it may talk to; everything else is blocked.'),
    mode: z.enum(['read-only', 'write']).optional().describe('read-only (default) blocks every request that could change something.'),
    writes: z
      .array(line(1000).regex(/^(POST|PUT|PATCH|DELETE) \S+$/, 'is not like POST https://host/path/*'))
      .max(100)
      .optional()
      .describe('Requests that are let through in read-only mode, such as a search that is sent by POST.'),
    inputs: z.record(identifier, jobInput).optional().describe('What the user is asked before it runs.'),
    limits: z
      .strictObject({
        pagesPerMinute: z
          .union([z.int().min(1).max(100_000), z.literal('unlimited')])
          .optional()
          .describe('Per host; 60 unless told.'),
        maxPages: z.int().min(1).max(1_000_000).optional().describe('The run ends after this many pages; 10,000 unless told.'),
        maxRecords: z.int().min(1).max(10_000_000).optional().describe('The run fails after this many records; 1,000,000 unless told.'),
        timeout: duration.optional().describe('For the whole run without the time it waits for the user; 1h unless told.'),
      })
      .optional()
      .describe('How far and how fast it may go.'),
    schedule: schedule.optional(),
    steps,
    onError: z
      .strictObject({
        screenshot: z.boolean().optional().describe('Keep a picture of the page; true unless told.'),
        ask: z.boolean().optional().describe('Ask the user what to do with a step that fails.'),
      })
      .optional(),
    tasks: z
      .array(
        z.strictObject({
          from: line(100).describe('The collection.'),
          when: z.enum(['new', 'changed', 'any']).optional().describe('Which records: new ones unless told.'),
          title: template,
          description: template.optional(),
          labels: z.array(line(60)).max(20).optional(),
          priority: z.enum(['High', 'Medium', 'Low']).optional(),
          due: template.optional().describe('A date, such as {{item.due}}.'),
        }),
      )
      .max(20)
      .optional()
      .describe('Tasks to make of records after a run.'),
  })
  .describe('A browser job.');

/** A job as it is run: parsed, with defaults of the schema applied where it has them. */
export type JobDefinition = z.output<typeof jobFile>;
export type JobInput = z.output<typeof jobInput>;
export type JobSession = z.output<typeof session>;
export type JobSchedule = z.output<typeof schedule>;
export type { Step };
