import type { Rule, Script } from './fakeAnthropic/script.ts';

export const says = 'The shed is painted.';

/** Calls a tool after another has answered, or at the start. */
function calls(name: string, after: string | undefined, input: Readonly<Record<string, unknown>>): Rule {
  return {
    name,
    when: after === undefined ? { task: /^Work the next task\.$/, assistantTurns: 0 } : { lastTool: toolOf(after), lastToolIsError: false },
    times: 1,
    must: true,
    answer: { content: [{ type: 'tool_use', name: toolOf(name), input }] },
  };
}

const toolOf = (name: string) => `mcp__claudetask__${name}`;
const task_id = '{{json:lastToolText:task.id}}';

/** What a model would do that was told to work the next task: it claims it, moves it and reports, and takes the id from what the tool answered. */
export const workNextTask: Script = {
  rules: [
    calls('claim_task', undefined, {}),
    calls('update_status', 'claim_task', { task_id, status: 'Testing' }),
    calls('append_stage_result', 'update_status', { task_id, status: 'Testing', summary: says }),
    {
      name: 'is done',
      when: { lastTool: toolOf('append_stage_result'), lastToolIsError: false },
      times: 1,
      must: true,
      answer: { text: 'Done.' },
    },
  ],
};
