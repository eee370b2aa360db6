import type { HttpClient } from '../../bench/httpClient.ts';
import type { Ledger } from './ledger.ts';
import { sawVersion } from './ledger.ts';
import type { Turn } from './restClients.ts';

interface ToolAnswer {
  isError?: boolean;
  structuredContent: { task?: { id: number; version: number } };
}

/** A program that comes by MCP: makes tasks, says how they go, reads them. */
export function agent(ledger: Ledger, client: HttpClient, name: string): Turn {
  const own: number[] = [];
  const most = 50;
  let written = 0;
  const call = async (tool: string, input: object): Promise<ToolAnswer['structuredContent']> => {
    ledger.requests++;
    const answer = (await client.mcp('tools/call', { name: tool, arguments: input })) as ToolAnswer;
    if (answer.isError === true) throw new Error(`${tool}: ${JSON.stringify(answer.structuredContent)}`);
    return answer.structuredContent;
  };
  const change = async (tool: string, input: object): Promise<number> => {
    const { task } = await call(tool, input);
    if (task === undefined) throw new Error(`${tool} answered no task`);
    ledger.agentChanges++;
    sawVersion(ledger, task.id, task.version);
    return task.id;
  };
  return async () => {
    const id = own[written % Math.max(1, own.length)];
    const dice = Math.random();
    written++;
    if (id === undefined || (own.length < most && dice < 0.2)) {
      const title = `${name} ${written}`;
      const made = await change('create_task', { title });
      ledger.titles.set(made, title);
      own.push(made);
    } else if (dice < 0.5)
      await change('append_stage_result', { task_id: id, status: 'Analysis', summary: `Looked at for the ${written}th time` });
    else if (dice < 0.6) await change('update_task_analysis', { task_id: id, analysis: `Analysis ${written} by ${name}` });
    else if (dice < 0.8) await call('get_task', { task_id: id });
    else if (dice < 0.9) await call('find_similar_tasks', { task_id: id });
    else await call('verify_connection', {});
  };
}
