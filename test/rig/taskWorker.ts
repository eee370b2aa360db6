import type { Answer, MessagesRequest } from './fakeAnthropic/messages.ts';

export const says = 'The shed is painted.';

/** What a model would do that was told to work the next task: it claims it, moves it and reports, and takes the id from what the tool answered. */
export function workNextTask(request: MessagesRequest): Answer {
  const texts = request.messages.map(({ text }) => text);
  const claimed = texts.flatMap((text) => /"task":\{"id":(\d+)/.exec(text)?.[1] ?? [])[0];
  const done = (mark: string) => texts.some((text) => text.includes(mark));
  const call = (name: string, input: Readonly<Record<string, unknown>>): Answer => [
    { type: 'tool_use', name: `mcp__claudetask__${name}`, input },
  ];
  if (claimed === undefined) return call('claim_task', {});
  if (!done('"status":"Testing"')) return call('update_status', { task_id: claimed, status: 'Testing' });
  if (!done('"version":4')) return call('append_stage_result', { task_id: Number(claimed), status: 'Testing', summary: says });
  return [{ type: 'text', text: 'Done.' }];
}
