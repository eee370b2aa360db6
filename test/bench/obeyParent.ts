/** Answers what a `SubjectProcess` sends, one command at a time. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the parent is typed by the same union
export function obeyParent<Command>(obey: (command: Command) => Promise<unknown>): void {
  process.on('message', (command: Command) => {
    obey(command).then(
      (value) => process.send?.({ ok: true, value }),
      (error: unknown) => process.send?.({ ok: false, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
}
