import './agent.css';
import { render } from 'preact';
import { AgentForm } from './AgentForm.tsx';
import { askUntil } from '../shared/askUntil.ts';
import { openChannel } from './channel.ts';
import { FormContext } from './context.ts';
import { createForm } from './form.ts';
import { holdKeysBack, keepPlace } from './page.ts';

function start(root: HTMLElement): void {
  const channel = openChannel((message) => form.receive(message));
  const form = createForm(channel);
  holdKeysBack(form, channel);
  render(
    <FormContext.Provider value={form}>
      <AgentForm />
    </FormContext.Provider>,
    root,
  );
  keepPlace(form, channel);
  askUntil(
    () => form.ui().state !== null,
    () => channel.post({ kind: 'ready' }),
  );
}

const root = document.getElementById('root');
if (root !== null) start(root);
