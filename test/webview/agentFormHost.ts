import type { Page } from 'playwright-core';
import { formEdits } from '../../src/app/agentForm/formEdits.ts';
import { formState } from '../../src/app/agentForm/formState.ts';
import { readAgent } from '../../src/core/agents/agent.ts';
import { findAgentProblems } from '../../src/core/agents/agentProblems.ts';
import { currentTools } from '../../src/core/agents/tools.ts';
import { readMarkdown } from '../../src/core/markdown/frontmatter.ts';
import { applyEdits } from '../../src/core/markdown/textEdit.ts';
import {
  agentFormRequest,
  type AgentFormMessage,
  type AgentFormRequest,
  type AgentFormState,
  type FormSuggestions,
} from '../../src/protocol/agentFormMessages.ts';
import type { ErrorBody } from '../../src/core/appError.ts';

const context = { isPlugin: false, sameTree: new Map(), agentNames: null, skills: null, skillsFolder: null, models: [] };
const path = '/w/.claude/agents/reviewer.md';

/**
 * The other end of the page's line: a file in memory, read and changed by the product's own code. Whether a change is stale the test says,
 * as VS Code's documents are not here.
 */
export class ScriptedFile {
  text: string;
  version = 1;
  isReadOnly = false;
  isDeleted = false;
  /** The next `init` does not arrive. */
  losesAnswer = false;
  suggestions: FormSuggestions = {
    tools: currentTools.map(({ name, summary }) => ({ value: name, description: summary })),
    skills: ['api-design', 'testing'].map((value) => ({ value, description: `About ${value}` })),
    models: [],
    agents: [{ value: 'planner', description: 'Plans' }],
  };
  readonly requests: AgentFormRequest[] = [];
  /** Answers wait while it is set. */
  hold: Promise<void> | undefined;
  /** The next change is answered with it. */
  refuse: ErrorBody | undefined;
  readonly #page: Page;

  constructor(page: Page, text: string) {
    this.#page = page;
    this.text = text;
  }

  get changes(): Extract<AgentFormRequest, { kind: 'change' }>['change'][] {
    return this.requests.flatMap((request) => (request.kind === 'change' ? [request.change] : []));
  }

  state(): AgentFormState {
    const document = readMarkdown(this.text);
    const { version, isDeleted, isReadOnly } = this;
    return { version, fileName: 'reviewer.md', isDeleted, isReadOnly, ...formState(document, this.#problems()) };
  }

  #problems() {
    const document = readMarkdown(this.text);
    return findAgentProblems({ path, document, agent: readAgent(document) }, context);
  }

  async receive(message: unknown): Promise<void> {
    const request = agentFormRequest.parse(message);
    this.requests.push(request);
    if (request.kind === 'ready') {
      const isLost = this.losesAnswer;
      this.losesAnswer = false;
      if (!isLost) await this.send({ kind: 'init', state: this.state(), suggestions: this.suggestions, strings: {} });
    }
    if (request.kind !== 'change') return;
    await this.hold;
    const { change, id } = request;
    const error = this.refuse;
    this.refuse = undefined;
    if (error === undefined) {
      const document = readMarkdown(this.text);
      const fix = change.what === 'applyFix' ? this.#problems()[change.problem]?.fixes?.[change.fix] : undefined;
      const edits = change.what === 'applyFix' ? (fix !== undefined && 'edits' in fix ? fix.edits : []) : formEdits(document, change);
      if (edits.length > 0) {
        this.text = applyEdits(this.text, edits);
        this.version++;
      }
    }
    await this.send({
      kind: 'reply',
      id,
      reply: error === undefined ? { ok: true, value: null } : { ok: false, error },
      state: this.state(),
    });
  }

  /** Someone else changes the file. */
  async write(text: string): Promise<void> {
    this.text = text;
    this.version++;
    await this.tell();
  }

  tell(): Promise<void> {
    return this.send({ kind: 'state', state: this.state() });
  }

  send(message: AgentFormMessage): Promise<void> {
    return this.#page.evaluate((sent) => window.postMessage(sent, '*'), message);
  }
}
