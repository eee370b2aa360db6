import { createContext } from 'preact';
import { useContext, useEffect, useReducer } from 'preact/hooks';
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
  const [, redraw] = useReducer<number, void>((count) => count + 1, 0);
  useEffect(() => form.subscribe(() => redraw()), []);
  return form.ui();
}
