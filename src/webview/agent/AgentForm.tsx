import type { JSX } from 'preact';
import { agentFields } from '../../core/agents/agentFields.ts';
import type { AgentFormState } from '../../protocol/agentFormMessages.ts';
import { t } from '../shared/strings.ts';
import { Bars } from './Bars.tsx';
import { bodyKey } from './box.ts';
import { useForm, useUi } from './context.ts';
import { Field } from './Field.tsx';
import { icon } from './icons.ts';
import { findProblems, Problems } from './Problems.tsx';
import { KnownField, Properties } from './Properties.tsx';
import { LineBox, LongBox } from './TextBox.tsx';
import { Skeleton } from '../shared/Skeleton.tsx';

const nameSpec = agentFields.find(({ key }) => key === 'name');
const longTexts = agentFields.filter(({ kind }) => kind === 'longText');

export function AgentForm(): JSX.Element {
  const { state, announcement } = useUi();
  return (
    <>
      {state === null ? (
        <Skeleton label={t('Loading the agent')} form />
      ) : state.frontmatter === 'read' ? (
        <Page state={state} />
      ) : (
        <Empty state={state} />
      )}
      <div class="hidden-text" role="status">
        <span key={announcement.nth}>{announcement.text}</span>
      </div>
    </>
  );
}

function Page({ state }: { state: AgentFormState }): JSX.Element {
  const inBody = findProblems(state.problems, ({ inBody: is, fatal }) => is && !fatal);
  const elsewhere = findProblems(state.problems, ({ field, inBody: is, fatal }) => field === null && !is && !fatal);
  return (
    <main class="form">
      <Header state={state}>
        <Field name="name" help={nameSpec?.hover ?? ''}>
          <LineBox box="name" title />
        </Field>
      </Header>
      <Bars />
      <Problems found={elsewhere} id="problems-of-file" offerFile />
      <div class="columns">
        <section class="texts" aria-label={t('Description and prompt')}>
          {longTexts.map((spec) => (
            <KnownField key={spec.key} spec={spec} />
          ))}
          <Field
            name={t('Prompt')}
            box={bodyKey}
            help={t('What the agent is told before its task: the text of the file below its fields.')}
          >
            <LongBox box={bodyKey} prompt />
          </Field>
          <Problems found={inBody} id="problems-of-body" offerFile />
        </section>
        <Properties />
      </div>
    </main>
  );
}

function Header({ state, children }: { state: AgentFormState; children?: JSX.Element }): JSX.Element {
  const form = useForm();
  const name = state.fields.find(({ key }) => key === 'name')?.value;
  return (
    <header class="header">
      <h1 class="hidden-text">{typeof name === 'string' && name !== '' ? t('Agent {0}', name) : t('Agent without a name')}</h1>
      {children}
      <button type="button" class="link-button" title={state.fileName} onClick={() => form.openFile()}>
        <span class={icon('go-to-file')} aria-hidden="true" /> {t('Open file')}
      </button>
    </header>
  );
}

/** A file without fields: one sentence, one button. */
function Empty({ state }: { state: AgentFormState }): JSX.Element {
  const form = useForm();
  const [fatal] = findProblems(state.problems, ({ code }) => code === 'no-frontmatter' || code === 'frontmatter-unclosed');
  const isOpen = state.frontmatter === 'unclosed';
  const title = fatal?.problem.fixes[0]?.title;
  return (
    <main class="form">
      <Header state={state} />
      <Bars quiet />
      <div class="empty-form">
        <p>
          {isOpen
            ? t('The frontmatter of {0} is opened and never closed, so Claude Code ignores the file.', state.fileName)
            : t('{0} has no frontmatter, so Claude Code takes it for documentation and not for an agent.', state.fileName)}
        </p>
        {fatal !== undefined && title !== undefined && !state.isReadOnly && (
          <button type="button" class="button" title={title} onClick={() => form.applyFix(fatal.index, 0)}>
            {isOpen ? title : t('Add frontmatter')}
          </button>
        )}
      </div>
    </main>
  );
}
