// Activation time as VS Code itself shows it in "Developer: Show Running Extensions".
import { eventually } from '../rig/eventually.ts';
import { benchArgs, Report } from './report.ts';
import { benchWindow, type BenchWindow } from './window.ts';

const args = benchArgs();
const report = new Report('activation');
const runs = args.runs ?? (args.quick ? 2 : 5);
const limit = 50;

/** The figure beside our name: `Activation: 12ms`, or `Startup Activation: 12ms`. */
async function activationTime(at: BenchWindow): Promise<number> {
  const { window } = at;
  // In a folder without tasks we sleep until somebody asks for us.
  await at.probe.run('await vscode.commands.executeCommand("workbench.view.extension.claudetask")');
  const active = () => at.probe.run<boolean>('return vscode.extensions.getExtension("claudetask.claudetask")?.isActive ?? false');
  await eventually('ClaudeTask is active', active, 30_000);
  await window.run('Developer: Show Running Extensions');
  const rows = window.page.locator('.runtime-extensions-editor .monaco-list-row');
  await rows.first().waitFor();
  await rows.first().hover();
  return eventually('ClaudeTask among the running extensions', async () => {
    const texts = await rows.allInnerTexts();
    const found = /Activation: (\d+)\s*ms/.exec(texts.find((text) => text.startsWith('ClaudeTask\n')) ?? '');
    if (found !== null) return Number(found[1]) || 0.5;
    // The list is virtual and in order of time: small turns, or rows are skipped.
    await window.page.mouse.wheel(0, 60);
    return undefined;
  });
}

async function main(): Promise<void> {
  for (const tasks of [0, 10_000]) {
    await using at = await benchWindow({ tasks, ours: true });
    for (let run = 0; run < runs; run++) {
      if (run > 0) await at.window.reload();
      const ms = await activationTime(at);
      report.add(run, { case: 'activation', n: tasks, subject: 'claudetask', unit: 'ms', value: ms });
      process.stderr.write(`bench: activation with ${tasks} tasks, run ${run + 1} of ${runs}: ${ms} ms\n`);
    }
    report.bar({
      text: `activation with ${tasks.toLocaleString('en')} tasks`,
      got: report.value('activation', tasks, 'claudetask'),
      limit,
      unit: 'ms',
    });
  }
  process.exitCode = report.finish(args.json) ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 2;
});
