import * as z from 'zod';
import { line, text } from '../text.ts';
import { condition, waitUntil } from './condition.ts';
import { extraction } from './extraction.ts';
import { target } from './locator.ts';
import { collectionName, duration, identifier, template, workspacePath } from './values.ts';

const message = text(2000).min(1, 'is empty');

/** What every step may say besides what it does. */
export const commonOfStep = {
  id: identifier.optional().describe('Name of the step, unique in the job: for templates, for “run from here” and for checkpoints.'),
  name: line(200).optional().describe('What the step does, in words, for progress and audit.'),
  when: condition.optional().describe('Only then. Otherwise the step is skipped.'),
  timeout: duration.optional().describe('How long the step may take; 30s unless told.'),
  retry: z
    .int()
    .min(0)
    .max(10)
    .optional()
    .describe('How often it is tried again after a failure that may pass; 2 for steps that only read.'),
  onError: z.enum(['fail', 'continue', 'ask']).optional().describe('What a failure means: fail (default), continue, ask.'),
  write: z
    .boolean()
    .optional()
    .describe(
      'Whether it changes something on the site. Such a step is never repeated without being confirmed. Clicks count as such in write mode.',
    ),
  disabled: z.boolean().optional().describe('The step is kept and not run.'),
  note: text(2000).optional().describe('A remark, for readers.'),
};

/** A schema per kind, under the key that a step is known by: those that hold no other steps. */
export const plainStepKinds = {
  goto: z
    .strictObject({ ...commonOfStep, goto: template.describe('The address to open.') })
    .describe('Opens an address and waits until the page is there.'),
  click: z
    .strictObject({
      ...commonOfStep,
      click: target,
      button: z.enum(['left', 'middle', 'right']).optional(),
      count: z.int().min(1).max(3).optional().describe('2 for a double click.'),
      opens: z.enum(['popup']).optional().describe('The click opens a window, in which the job goes on.'),
    })
    .describe('Clicks an element.'),
  fill: z
    .strictObject({
      ...commonOfStep,
      fill: target,
      with: template.describe('The text. For a password use an input that is `secret`.'),
    })
    .describe('Replaces the text of a field.'),
  select: z
    .strictObject({
      ...commonOfStep,
      select: target,
      option: z.union([template, z.array(template).min(1).max(100)]).describe('Label or value of the option.'),
    })
    .describe('Chooses one or more options of a list.'),
  check: z
    .strictObject({ ...commonOfStep, check: target, checked: z.boolean().optional().describe('false unticks it.') })
    .describe('Ticks a box, or unticks it.'),
  press: z
    .strictObject({ ...commonOfStep, press: line(100).describe('Key or chord, such as Enter or Control+A.'), on: target.optional() })
    .describe('Presses a key or a chord.'),
  hover: z.strictObject({ ...commonOfStep, hover: target }).describe('Puts the pointer over an element.'),
  scroll: z
    .strictObject({
      ...commonOfStep,
      scroll: z.union([z.enum(['top', 'bottom']), target]).describe('To the top, the bottom, or an element.'),
    })
    .describe('Scrolls the page.'),
  upload: z
    .strictObject({
      ...commonOfStep,
      upload: target,
      files: z.union([workspacePath, z.array(workspacePath).min(1).max(100)]).describe('Files of the workspace.'),
    })
    .describe('Puts files of the workspace into a file field.'),
  waitFor: z.strictObject({ ...commonOfStep, waitFor: waitUntil }).describe('Waits for something, at most as long as the timeout.'),
  ensureSignedIn: z
    .strictObject({
      ...commonOfStep,
      ensureSignedIn: z.strictObject({
        signedIn: target.describe('An element that only a signed-in user sees.'),
        url: template.optional().describe('The page to look at; the current one unless told.'),
        message: message.optional().describe('What to ask the user.'),
        timeout: duration.optional().describe('How long to wait for the user; 10m unless told.'),
      }),
    })
    .describe('Asks the user to sign in, when needed, and goes on by itself once they have.'),
  pause: z
    .strictObject({
      ...commonOfStep,
      pause: message.describe('What to tell the user.'),
      answer: identifier.optional().describe('Ask for a text, and keep it under this name.'),
    })
    .describe('Waits for the user.'),
  confirm: z
    .strictObject({ ...commonOfStep, confirm: message.describe('The question.') })
    .describe('Asks the user before going on; “no” ends the run.'),
  extract: z.strictObject({ ...commonOfStep, extract: extraction }).describe('Reads records from the page.'),
  set: z
    .strictObject({
      ...commonOfStep,
      set: z
        .record(identifier, z.union([template, z.strictObject({ textOf: target }), z.strictObject({ attr: line(100), of: target })]))
        .describe('Keeps values under names: {{vars.name}}.'),
    })
    .describe('Keeps values for templates: {{vars.name}}.'),
  assert: z
    .strictObject({
      ...commonOfStep,
      assert: condition,
      message: message.optional().describe('What is wrong when it does not hold.'),
    })
    .describe('Fails when a condition does not hold.'),
  request: z
    .strictObject({
      ...commonOfStep,
      request: template.describe('The address. It is fetched with the session of the browser, without opening a page.'),
      method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
      headers: z.record(line(200), template).optional(),
      body: z.union([template, z.record(z.string(), z.unknown()), z.array(z.unknown())]).optional(),
      extract: extraction.optional(),
      nextPage: z
        .union([
          z.literal('link').describe('As the Link header says.'),
          z.strictObject({ path: line(500).describe('Path in the answer to the address of the next page.') }),
          z.strictObject({
            parameter: line(100).describe('Name of the parameter that counts pages, from 1.'),
            from: z.int().min(0).optional(),
          }),
          z.strictObject({ offset: line(100).describe('Name of the parameter that counts rows.') }),
        ])
        .optional(),
      max: z.int().min(1).max(100_000).optional().describe('At most this many pages.'),
    })
    .describe('Fetches an address with the session of the browser, page by page if told, and reads records from the answer.'),
  download: z
    .strictObject({
      ...commonOfStep,
      download: z.union([z.strictObject({ click: target }), z.strictObject({ url: template })]),
      saveAs: workspacePath.describe('File of the workspace; templates may be used.'),
      ifExists: z
        .enum(['replace', 'keep-both', 'fail'])
        .optional()
        .describe('When there is such a file: replace (default), keep-both, fail.'),
    })
    .describe('Saves a file of the website in the workspace.'),
  screenshot: z
    .strictObject({
      ...commonOfStep,
      screenshot: z.union([workspacePath, z.literal(true)]).describe('File of the workspace, or true to keep it with the run.'),
      of: target.optional(),
      fullPage: z.boolean().optional(),
    })
    .describe('Takes a picture of the page or of an element.'),
  save: z
    .strictObject({
      ...commonOfStep,
      save: collectionName.describe('The collection to write.'),
      to: workspacePath.describe('File of the workspace: .csv, .json or .ndjson.'),
    })
    .describe('Writes a collection to a file.'),
  runJob: z
    .strictObject({
      ...commonOfStep,
      runJob: line(200).describe('Name of the job file, without .job.yaml.'),
      with: z.record(identifier, template).optional(),
    })
    .describe('Runs another job of this folder as a part of this one.'),
  say: z.strictObject({ ...commonOfStep, say: message }).describe('Writes a line to the job’s output.'),
} as const;

export type PlainStepKind = keyof typeof plainStepKinds;
export type PlainStepOf<K extends PlainStepKind> = z.output<(typeof plainStepKinds)[K]>;
