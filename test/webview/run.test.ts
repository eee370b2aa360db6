import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { RunAsk } from '../../src/protocol/jobs/pageMessages.ts';
import { eventually } from '../rig/eventually.ts';
import { themes, type ThemeId } from '../rig/themes.ts';
import { closeJobBrowser, openJobPage } from './openJobPage.ts';
import { jobRun, logEntry, ScriptedRun, startedAt } from './scriptedRun.ts';

after(closeJobBrowser);

const failed = () => {
  const failure = { code: 'job.elementMissing', message: 'No button "Next" is on the page.', step: '2' };
  const file = { bytes: 10, sha256: 'a'.repeat(64) };
  const run = new ScriptedRun({
    run: jobRun({ state: 'failed', failure, endedAt: startedAt + 83_000 }),
    resumable: true,
    healed: [{ step: '2.steps.0' }],
    files: [
      { ...file, kind: 'screenshot', path: 'failure.png', uri: '/failure.png' },
      { ...file, kind: 'snapshot', path: 'failure.yml', uri: null },
      { ...file, kind: 'trace', path: 'trace.ndjson', uri: null },
    ],
  });
  run.entries = [
    logEntry(1, { step: '0', what: 'Open app.example.com/rfis', count: null }),
    logEntry(2, { step: '2.steps.0', what: 'Click button "Expand"', result: 'healed', count: null }),
    logEntry(3, { result: 'failed', message: 'No button "Next" is on the page.', count: null }),
  ];
  return run;
};
const ask = (more: Partial<RunAsk>): RunAsk => ({
  ask: 7,
  about: 'pause',
  message: 'Look at the page.',
  screenshot: null,
  choices: [],
  ...more,
});

describe('the page of a run', () => {
  test('tells what the run is, how far it is and what it does', async () => {
    const run = new ScriptedRun({ run: jobRun({ startedAt: Date.now() - 65_000 }) });
    run.progress = { step: '2', what: 'Page 3 of 12', pages: 3, pagesTotal: 12, records: 80, waitingUntil: null };
    await using open = await openJobPage('run', run);
    const { page } = open;
    assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'Open RFIs');
    await page.getByText('Running', { exact: true }).waitFor();
    assert.equal(await page.locator('.now').innerText(), 'Page 3 of 12');
    const figures = await page.locator('.figures').innerText();
    assert.match(figures, /Pages\s*3 of 12/);
    assert.match(figures, /Records\s*80/);
    assert.match(figures, /Time\s*1 min \d s/);
    assert.match(figures, /by Ada/);
    assert.deepEqual(await page.locator('.headline button').allInnerTexts(), ['Cancel', 'Show records', 'Open job file']);
  });

  test('shows every step with what became of it, for eyes and for screen readers', async () => {
    const run = new ScriptedRun();
    run.entries = [
      logEntry(1, { step: '0' }),
      logEntry(2, { step: '1', result: 'skipped' }),
      logEntry(3, { step: '2.steps.0', result: 'healed', ms: 1000 }),
      logEntry(4, { step: '2.steps.0', ms: 2500 }),
    ];
    run.progress = { step: '2.steps.0', what: '', pages: 1, pagesTotal: null, records: 25, waitingUntil: null };
    await using open = await openJobPage('run', run);
    await open.page.locator('#steps .mark').waitFor();
    const steps = open.page.getByRole('listbox', { name: 'Steps' });
    assert.deepEqual(
      (await steps.getByRole('option').allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ')),
      [
        'Open app.example.com/rfis , done 120 ms',
        'Make sure that the user is signed in , skipped',
        'On each page, by link "Next" , running',
        'Click button "Expand" , running healed 2 times 3.5 s',
        'Save rfis to data/rfis.csv , not yet done',
        'Take a picture , disabled',
      ],
    );
  });

  test('follows the run: progress, records, its end', async () => {
    const run = new ScriptedRun();
    await using open = await openJobPage('run', run);
    const progress = { step: '2', what: 'Page 8 of 12', pages: 8, pagesTotal: 12, records: 200, waitingUntil: null };
    await run.send({ kind: 'progress', progress });
    await open.page.getByText('Page 8 of 12').waitFor();
    run.entries = [logEntry(1)];
    await run.change({ state: 'done', pages: 12, records: 300, endedAt: startedAt + 61_000 });
    await open.page.getByText('Done', { exact: true }).waitFor();
    await open.page.getByRole('option', { name: /Read page 1/ }).waitFor();
    assert.match(await open.page.locator('.figures').innerText(), /Pages\s*12\s*Records\s*300\s*Time\s*1 min 1 s/);
    assert.equal(await open.status(), 'Open RFIs: Done');
    assert.deepEqual(await open.page.locator('.headline button').allInnerTexts(), ['Run again', 'Show records', 'Open job file']);
    // What comes late is no news of a run that is over.
    await run.send({ kind: 'progress', progress });
    assert.equal(await open.page.locator('.now').count(), 0);
  });

  test('says how fast it goes and how long it will take, once there is something to say', async () => {
    const run = new ScriptedRun({ run: jobRun({ pages: 0, startedAt: Date.now() }) });
    await using open = await openJobPage('run', run);
    const { page } = open;
    await page.clock.install();
    const send = (pages: number) =>
      run.send({ kind: 'progress', progress: { step: '2', what: '', pages, pagesTotal: 100, records: 0, waitingUntil: null } });
    await send(1);
    await page.clock.runFor(30_000);
    await send(31);
    await page.getByText('Per minute').waitFor();
    const figures = await page.locator('.figures').innerText();
    assert.match(figures, /Per minute\s*6\d/);
    assert.match(figures, /Time left\s*about 1 min/);
  });

  test('says until when the site asked it to wait', async () => {
    const run = new ScriptedRun();
    run.progress = { step: '2', what: 'Page 3', pages: 3, pagesTotal: null, records: 0, waitingUntil: Date.now() + 60_000 };
    await using open = await openJobPage('run', run);
    assert.match(await open.page.locator('.now').innerText(), /^The site asked to wait until \d/);
  });

  test('has one way to answer each kind of question', async () => {
    const run = new ScriptedRun({ run: jobRun({ state: 'waiting', waitingFor: 'user' }) });
    await using open = await openJobPage('run', run);
    const { page } = open;
    const button = (name: string) => page.locator('.ask').getByRole('button', { name, exact: true });
    const answered = async (of: RunAsk, act: () => Promise<void>): Promise<unknown> => {
      const before = run.actions.length;
      await run.ask(of);
      await act();
      const action = await eventually('an action', () => run.actions[before]);
      await run.ask();
      await page.locator('.ask').waitFor({ state: 'detached' });
      return action;
    };
    const answer = (value: unknown) => ({ what: 'answer', ask: 7, answer: value });
    assert.deepEqual(await answered(ask({ about: 'signIn' }), () => button('Done in the browser').click()), answer(true));
    assert.deepEqual(await answered(ask({ about: 'confirm' }), () => button('No').click()), answer(false));
    assert.deepEqual(await answered(ask({ about: 'pause' }), () => button('Go on').click()), answer(true));
    assert.deepEqual(
      await answered(ask({ about: 'failure', choices: ['Try again', 'Skip the step'] }), () => button('Skip the step').click()),
      answer('Skip the step'),
    );
    assert.deepEqual(
      await answered(ask({ about: 'question' }), async () => {
        await page.getByRole('textbox', { name: 'Answer' }).fill('42');
        await page.keyboard.press('Enter');
      }),
      answer('42'),
    );
    assert.deepEqual(await answered(ask({ about: 'secrets' }), () => button('Type the values…').click()), {
      what: 'answerSecrets',
      ask: 7,
    });
  });

  test('reads a new question aloud, takes one answer, and gives the controls back when it was refused', async () => {
    const run = new ScriptedRun();
    await using open = await openJobPage('run', run);
    await run.ask(ask({ about: 'confirm', message: 'Send 3 forms?' }));
    await eventually('said', async () => (await open.status()) === 'Send 3 forms?');
    run.refuse = { code: 'job.notFound', message: 'The question was answered in another window.' };
    await open.page.getByRole('button', { name: 'Yes' }).click();
    await open.page.getByText('The question was answered in another window.').waitFor();
    assert.equal(await open.page.getByRole('button', { name: 'Yes' }).isEnabled(), true);
    await open.page.getByRole('button', { name: 'Yes' }).click();
    await eventually('sent', () => run.actions.length === 2);
    assert.equal(await open.page.getByRole('button', { name: 'No' }).isEnabled(), false);
  });

  test('shows why a run failed, with the picture, the page in words and ways to go on', async () => {
    const run = failed();
    await using open = await openJobPage('run', run);
    const { page } = open;
    const failure = page.locator('.failure');
    assert.equal((await failure.getByRole('heading').innerText()).trim(), 'Failed at: On each page, by link "Next"');
    assert.equal(await failure.locator('.message').innerText(), 'No button "Next" is on the page.');
    const picture = failure.getByRole('img', { name: 'The page as it was when the run failed' });
    assert.equal(await picture.evaluate((element) => (element as HTMLImageElement).complete), true);
    await failure.locator('summary').click();
    await failure.getByText('- button "Next"').waitFor();
    await failure.getByRole('button', { name: 'Go to the step' }).click();
    await failure.getByRole('button', { name: 'Open trace' }).click();
    await failure.getByRole('button', { name: /Show the picture/ }).click();
    for (const name of ['Resume', 'Run again', 'Show records', 'Open job file', 'Apply healed locators (1)'])
      await page.locator('.headline').getByRole('button', { name, exact: true }).click();
    await eventually('all of it', () => run.actions.length === 8);
    assert.deepEqual(run.actions, [
      { what: 'openJobFile', step: '2' },
      { what: 'openFile', path: 'trace.ndjson' },
      { what: 'revealFile', path: 'failure.png' },
      { what: 'resume' },
      { what: 'runAgain' },
      { what: 'showRecords' },
      { what: 'openJobFile', step: '2' },
      { what: 'applyHealed' },
    ]);
  });

  test('says why something was not done, and nothing when the person thought better of it', async () => {
    const run = new ScriptedRun();
    await using open = await openJobPage('run', run);
    run.refuse = { code: 'cancelled', message: 'cancelled' };
    await open.page.getByRole('button', { name: 'Show records' }).click();
    await eventually('sent', () => run.actions.length === 1);
    run.refuse = { code: 'job.state', message: 'Not cancelled: the run is over.' };
    await open.page.getByRole('button', { name: 'Cancel' }).click();
    const alert = open.page.getByRole('alert');
    await alert.waitFor();
    assert.equal((await alert.innerText()).trim(), 'Not cancelled: the run is over.');
    await alert.getByRole('button', { name: 'Dismiss' }).click();
    assert.equal(await alert.count(), 0);
  });

  test('a run that cannot be read says why, and is tried again', async () => {
    const run = new ScriptedRun();
    run.problem = { code: 'job.notFound', message: 'There is no run 12.' };
    await using open = await openJobPage('run', run);
    await open.page.getByText('There is no run 12.').waitFor();
    run.problem = undefined;
    await open.page.getByRole('button', { name: 'Try again' }).click();
    await open.page.getByRole('heading', { name: 'Open RFIs' }).waitFor();
  });

  test('keeps which run it shows, for its return', async () => {
    await using open = await openJobPage('run', new ScriptedRun(), { data: { folder: 'file:///w', run: 12 } });
    assert.deepEqual(await open.saved(), { version: 1, folder: 'file:///w', run: 12 });
  });

  test('shows markup of foreign pages as the text it is', async () => {
    const nasty = '<img src=x onerror="document.title=1">';
    const run = failed();
    run.details = { ...run.details, run: { ...run.details.run, name: nasty, failure: { code: 'x', message: nasty, step: null } } };
    run.entries = [logEntry(1, { what: nasty, message: nasty })];
    await using open = await openJobPage('run', run);
    await open.page.getByRole('option', { name: nasty }).first().waitFor();
    assert.equal(await open.page.title(), 'run');
    assert.equal(await open.page.locator('img:not(.picture)').count(), 0);
  });

  for (const theme of Object.keys(themes) as ThemeId[]) {
    test(`axe finds nothing in ${themes[theme].name}`, async () => {
      const run = failed();
      run.asks = [ask({ about: 'question' })];
      for (const [width, height] of [
        [1280, 800],
        [700, 700],
      ]) {
        await using open = await openJobPage('run', run, { theme, width: width ?? 0, height: height ?? 0 });
        await open.page.locator('#log .entry').first().waitFor();
        await open.page.getByRole('listbox', { name: 'Log' }).press('ArrowDown');
        await open.page.getByRole('listbox', { name: 'Steps' }).press('End');
        assert.deepEqual(await open.violations(), []);
      }
    });
  }
});
