import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JobEngine, StartRequest } from '../../src/app/jobs/jobEngine.ts';
import { readJobFile } from '../../src/app/jobs/readJobFile.ts';
import { createProjectOperations } from '../../src/app/projectOperations.ts';
import type { ProjectOperationsDeps } from '../../src/app/projectOperations.ts';
import { AppError } from '../../src/core/appError.ts';
import { freeWorkflow } from '../../src/core/workflow.ts';
import type { Workflow } from '../../src/core/workflow.ts';
import { projectOperationContracts } from '../../src/protocol/projectOperations.ts';
import type { ProjectOperationInput, ProjectOperationName } from '../../src/protocol/projectOperations.ts';
import type { JobRun } from '../../src/protocol/jobs/runs.ts';

const actor = { kind: 'client', name: 'Claude Code' } as const;

interface Entry {
  kind: 'file' | 'directory' | 'other';
  /** Where a link leads. */
  real?: string;
}

/** A project whose disk is in memory. Every answer is checked against its contract. */
function project({
  folder = '/work/app',
  disk = {},
  ...more
}: { folder?: string; disk?: Record<string, Entry> } & Partial<ProjectOperationsDeps> = {}) {
  const looked: string[] = [];
  let rules: Workflow = freeWorkflow;
  const operations = createProjectOperations({
    name: 'app',
    folder,
    rules: {
      read: () => rules,
      update: (workflow) => {
        rules = { ...rules, ...workflow };
        return Promise.resolve();
      },
    },
    look: (path) => {
      looked.push(path);
      const entry = disk[path];
      return Promise.resolve(entry === undefined ? null : { real: entry.real ?? path, kind: entry.kind });
    },
    ...more,
  });
  async function call<N extends ProjectOperationName>(name: N, input: ProjectOperationInput<N>) {
    const answer = await operations.call(name, input, { actor });
    assert.deepEqual(projectOperationContracts[name].output.parse(answer), answer);
    return answer;
  }
  return { operations, call, looked };
}
const refused =
  (code: string, details: object = {}) =>
  (error: unknown) => {
    assert.ok(AppError.is(error), String(error));
    assert.equal(error.code, code);
    for (const [key, value] of Object.entries(details)) assert.deepEqual(error.details[key], value);
    return true;
  };

describe('the settings of a project', () => {
  test('are its name, its folder and its rules; those that are named can be set', async () => {
    const { call } = project();
    assert.deepEqual(await call('project.settings', {}), { name: 'app', path: '/work/app', workflow: freeWorkflow });
    const workflow = { wipLimits: { 'In Progress': 3 }, allowedMoves: { Done: ['Backlog' as const] } };
    assert.deepEqual((await call('project.updateSettings', { workflow })).workflow, { ...freeWorkflow, ...workflow });
    assert.deepEqual((await call('project.updateSettings', { workflow: { requireBlockersDone: true, wipLimits: {} } })).workflow, {
      ...freeWorkflow,
      allowedMoves: workflow.allowedMoves,
      requireBlockersDone: true,
    });
    assert.deepEqual((await call('project.settings', {})).workflow.wipLimits, {});
  });

  test('are refused when they are no rules', async () => {
    const { operations } = project();
    for (const workflow of [
      { wipLimits: { Nowhere: 1 } },
      { wipLimits: { Done: 0 } },
      { wipLimits: { Done: 1.5 } },
      { allowedMoves: { Done: ['Nowhere'] } },
      { requireBlockersDone: 'yes' },
      { unknown: true },
    ]) {
      await assert.rejects(
        operations.call('project.updateSettings', { workflow } as never, { actor }),
        refused('input.invalid'),
        JSON.stringify(workflow),
      );
    }
  });
});

describe('validating a path', () => {
  const disk: Record<string, Entry> = {
    '/work/app': { kind: 'directory' },
    '/work/app/.git': { kind: 'directory' },
    '/work/app/.claude/CLAUDE.md': { kind: 'file' },
    '/work/app/src': { kind: 'directory' },
    '/work/app/src/a.ts': { kind: 'file' },
    '/work/app/sub': { kind: 'directory' },
    '/work/app/sub/.git': { kind: 'file' },
    '/work/app/sub/CLAUDE.md': { kind: 'file' },
    '/work/app/pipe': { kind: 'other' },
    '/work/app/out': { kind: 'directory', real: '/etc' },
    '/work/app/out/passwd': { kind: 'file', real: '/etc/passwd' },
    '/work/app/sibling': { kind: 'directory', real: '/work/app2' },
    '/work/app/in': { kind: 'directory', real: '/work/app/src' },
    '/work/app/in/a.ts': { kind: 'file', real: '/work/app/src/a.ts' },
    '/work/app/\\odd': { kind: 'file' },
    '/work/app2': { kind: 'directory' },
    '/etc/passwd': { kind: 'file' },
  };
  const nothing = { isGitRepository: false, hasInstructions: false };
  const inside = (path: string, kind: 'file' | 'directory' | 'other' | null) => ({ path, inside: true, kind, ...nothing });
  const outside = (path: string) => ({ path, inside: false, kind: null, ...nothing });

  for (const [what, path, expected] of [
    ['a file, from the folder', 'src/a.ts', inside('/work/app/src/a.ts', 'file')],
    ['the same, absolute', '/work/app/src/a.ts', inside('/work/app/src/a.ts', 'file')],
    ['dots on the way', './src/../src//a.ts', inside('/work/app/src/a.ts', 'file')],
    ['a folder with a slash behind', 'src/', inside('/work/app/src', 'directory')],
    ['neither file nor folder', 'pipe', inside('/work/app/pipe', 'other')],
    ['what is not there yet', 'src/new/b.ts', inside('/work/app/src/new/b.ts', null)],
    ['a link that stays inside', 'in/a.ts', inside('/work/app/in/a.ts', 'file')],
    ['a name with a backslash, where that is a letter', '\\odd', inside('/work/app/\\odd', 'file')],
    [
      'the folder itself, a repository with instructions',
      '.',
      { ...inside('/work/app', 'directory'), isGitRepository: true, hasInstructions: true },
    ],
    ['a worktree below', 'sub', { ...inside('/work/app/sub', 'directory'), isGitRepository: true, hasInstructions: true }],
    ['the folder above', '..', outside('/work')],
    ['far above', '../../../../etc/passwd', outside('/etc/passwd')],
    ['an absolute path elsewhere', '/etc/passwd', outside('/etc/passwd')],
    ['a folder whose name only begins the same', '../app2', outside('/work/app2')],
    ['the same, absolute', '/work/app2', outside('/work/app2')],
    ['a link that leads out', 'out/passwd', outside('/work/app/out/passwd')],
    ['a link to such a folder', 'sibling', outside('/work/app/sibling')],
    ['nothing behind a link that leads out', 'out/no/such', outside('/work/app/out/no/such')],
    ['the home folder', '~', outside('~')],
    ['below the home folder', '~/x', outside('~/x')],
    ["somebody else's home folder", '~root/.ssh', outside('~root/.ssh')],
    ['a Windows path', 'C:\\work\\app', outside('C:/work/app')],
    ['a share', '\\\\server\\share\\x', outside('//server/share/x')],
  ] as const) {
    test(`${what}: ${path}`, async () => {
      const { call } = project({ disk });
      assert.deepEqual(await call('project.validatePath', { path }), expected);
    });
  }

  test('looks at nothing that is not written as inside of the folder', async () => {
    const { call, looked } = project({ disk });
    for (const path of ['..', '/etc/passwd', '/work/app2', '~/x', 'C:\\x']) await call('project.validatePath', { path });
    assert.deepEqual([...new Set(looked)], ['/work/app']);
  });

  test('a folder that is opened by another name than its real one has both', async () => {
    const real = '/private/tmp/app';
    const aliased: Record<string, Entry> = {
      '/tmp/app': { kind: 'directory', real },
      '/tmp/app/a.ts': { kind: 'file', real: `${real}/a.ts` },
      [`${real}/a.ts`]: { kind: 'file' },
      '/tmp/app/out': { kind: 'directory', real: '/private/tmp' },
    };
    const { call } = project({ folder: '/tmp/app', disk: aliased });
    for (const path of ['a.ts', '/tmp/app/a.ts', `${real}/a.ts`])
      assert.deepEqual((await call('project.validatePath', { path })).kind, 'file', path);
    assert.equal((await call('project.validatePath', { path: 'out' })).inside, false);
  });

  for (const [path, expected] of [
    ['src\\a.ts', inside('C:/Work/app/src/a.ts', 'file')],
    ['c:\\work\\APP\\src', inside('c:/work/APP/src', null)],
    ['..\\app2', outside('C:/Work/app2')],
    ['D:\\x', outside('D:/x')],
    ['C:src', outside('C:src')],
    ['\\Windows', outside('/Windows')],
    ['\\\\?\\C:\\Work\\app', outside('//?/C:/Work/app')],
  ] as const) {
    test(`on Windows: ${path}`, async () => {
      const { call } = project({ folder: 'C:/Work/app', disk: { 'C:/Work/app/src/a.ts': { kind: 'file' } } });
      assert.deepEqual(await call('project.validatePath', { path }), expected);
    });
  }

  test('what is no path is refused', async () => {
    const { operations } = project();
    for (const path of ['', 'a\0b', 'x'.repeat(5000), 5]) {
      await assert.rejects(
        operations.call('project.validatePath', { path } as never, { actor }),
        refused('input.invalid', { field: 'path' }),
      );
    }
  });
});

describe('jobs of a project', () => {
  const run = { id: 7 } as JobRun;
  const files: Record<string, string> = {
    good: 'name: RFIs\nversion: 1\nhosts: [app.example.com]\nsteps:\n  - goto: https://app.example.com/\n',
    broken: 'name: [',
  };

  function engine() {
    const asked: unknown[][] = [];
    const note =
      (name: string) =>
      (...given: unknown[]) => {
        asked.push([name, ...given]);
        return Promise.resolve(run);
      };
    const fake = {
      jobs: {
        list: () =>
          Promise.resolve(
            [...Object.keys(files), 'gone', 'locked'].map((name) => ({ name, path: `/work/app/.claudetask/jobs/${name}.job.yaml` })),
          ),
        read: (name: string) => {
          if (name === 'locked') return Promise.reject(new AppError('file.unreadable', 'No permission.'));
          const text = files[name];
          return Promise.resolve(
            text === undefined
              ? undefined
              : { name, path: `/work/app/.claudetask/jobs/${name}.job.yaml`, text, reading: readJobFile(text) },
          );
        },
        onDidChange: () => ({ dispose: () => {} }),
      },
      start: note('start') as (request: StartRequest) => Promise<JobRun>,
      cancel: note('cancel'),
      resume: note('resume'),
    } satisfies Partial<JobEngine>;
    return { asked, jobs: () => Promise.resolve(fake as unknown as JobEngine) };
  }

  test('are listed with their titles and what is wrong with them', async () => {
    const { call } = project({ jobs: engine().jobs });
    const { jobs } = await call('jobFile.list', {});
    assert.deepEqual(
      jobs.map(({ job, title, problems }) => [job, title, problems.some(({ severity }) => severity === 'error')]),
      [
        ['good', 'RFIs', false],
        ['broken', null, true],
        ['locked', null, true],
      ],
    );
    assert.ok(jobs[1]!.problems.every(({ line }) => line !== null && line > 0));
    assert.deepEqual(jobs[2]!.problems, [{ severity: 'error', message: 'No permission.', line: null }]);
  });

  test('are read one by one', async () => {
    const { call } = project({ jobs: engine().jobs });
    const { text, ...job } = await call('jobFile.read', { job: 'good' });
    assert.deepEqual([text, job], [files['good'], (await call('jobFile.list', {})).jobs[0]]);
    await assert.rejects(call('jobFile.read', { job: 'gone' }), refused('job.notFound', { job: 'gone' }));
  });

  test('are started, cancelled and resumed in the name of the caller', async () => {
    const { asked, jobs } = engine();
    const { operations } = project({ jobs });
    const options = { actor };
    assert.deepEqual(await operations.call('jobFile.run', { job: 'good', inputs: { since: '2026-01-01' }, taskId: 3 }, options), { run });
    await operations.call('jobFile.run', { job: 'good' }, options);
    await operations.call('jobRun.cancel', { run: 7 }, options);
    await operations.call('jobRun.resume', { run: 7 }, options);
    assert.deepEqual(asked, [
      ['start', { job: 'good', trigger: 'agent', actor, inputs: { since: '2026-01-01' }, task: 3 }],
      ['start', { job: 'good', trigger: 'agent', actor }],
      ['cancel', 7, actor],
      ['resume', 7, { actor }],
    ]);
  });

  test('are not available where there is no window', async () => {
    const { operations } = project();
    for (const [name, input] of [
      ['jobFile.list', {}],
      ['jobFile.read', { job: 'good' }],
      ['jobFile.run', { job: 'good' }],
      ['jobRun.cancel', { run: 7 }],
      ['jobRun.resume', { run: 7 }],
    ] as const) {
      await assert.rejects(operations.call(name, input, { actor }), refused('api.notAvailable'));
    }
    await assert.rejects(operations.call('jobRun.cancel', { run: 0 }, { actor }), refused('input.invalid', { field: 'run' }));
  });
});

describe('a call', () => {
  test('of an unknown name is refused, also of names that every object has', async () => {
    const { operations } = project();
    for (const name of ['nothing', '__proto__', 'toString']) {
      await assert.rejects(operations.call(name as ProjectOperationName, {}, { actor }), refused('operation.unknown'));
    }
  });

  test('that was given up before it began does nothing', async () => {
    const { operations } = project();
    const signal = AbortSignal.abort();
    await assert.rejects(
      operations.call('project.updateSettings', { workflow: { requireBlockersDone: true } }, { actor, signal }),
      refused('cancelled'),
    );
    assert.equal((await operations.call('project.settings', {}, { actor })).workflow.requireBlockersDone, false);
  });

  test('does not take fields that the contract does not name', async () => {
    const { operations } = project();
    await assert.rejects(operations.call('project.settings', { path: '/' } as never, { actor }), refused('input.invalid'));
  });
});
