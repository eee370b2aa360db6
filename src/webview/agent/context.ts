import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { useChanges } from '../shared/useChanges.ts';
import type { Form, Ui } from './form.ts';

export const FormContext = createContext<Form | null>(null);

export function useForm(): Form {
  const form = useContext(FormContext);
  if (form === null) throw new Error('there is no form around this component');
  return form;
}

/** What the page shows; the component is drawn again with every change. */
export function useUi(): Ui {
  const form = useForm();
  useChanges(form);
  return form.ui();
}
