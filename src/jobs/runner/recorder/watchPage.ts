import type { Candidate } from '../../../protocol/jobs/locator.ts';
import { pageCode } from '../pageCode.ts';
import { nameOf, roleOf } from '../pageElements.ts';
import { cssOf, describeElement, describing, sensitiveKind, type Description } from './describeElement.ts';

/** What the page reports; the rest of a recorded step is known outside of it. */
export interface PageReport extends Description {
  kind: 'click' | 'fill' | 'select' | 'check' | 'press' | 'upload';
  value: string | null;
  checked: boolean | null;
  sensitive: 'password' | 'code' | 'email' | 'phone' | null;
  at: number;
}

export interface WatchOptions {
  /** Name of the function that takes reports as JSON. */
  report: string;
  /** Name of the property by which this is found again: to hand over what is half typed, and to stop. */
  handle: string;
}

export interface Watch {
  flush(): void;
  stop(): void;
}

/** Reports what the user does in this document. */
function watchPage(_root: Node, { report, handle }: WatchOptions): void {
  if (Reflect.has(window, handle)) return;
  let typing: Element | null = null;
  /** Enter in a form clicks its button by itself. */
  let ownClickUntil = 0;
  const send = (kind: PageReport['kind'], element: Element, more: Partial<PageReport> = {}): void => {
    const take: unknown = Reflect.get(window, report);
    const step: PageReport = { kind, ...describeElement(element), value: null, checked: null, sensitive: null, at: Date.now(), ...more };
    if (typeof take === 'function') take(JSON.stringify(step));
  };
  const targetOf = (event: Event): Element | null => {
    const [first] = event.composedPath();
    return first instanceof Element ? first : null;
  };
  const isText = (element: Element): boolean =>
    element instanceof HTMLTextAreaElement ||
    (element instanceof HTMLInputElement && !/^(button|submit|reset|image|checkbox|radio|file|range|color)$/.test(element.type)) ||
    (element instanceof HTMLElement && element.isContentEditable);
  const editable = (element: Element): Element => {
    let top = element;
    while (top instanceof HTMLElement && top.isContentEditable && top.parentElement?.isContentEditable === true) top = top.parentElement;
    return top;
  };
  const flush = (): void => {
    const element = typing;
    typing = null;
    if (element === null) return;
    const isField = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement;
    const value = isField ? element.value : ((element instanceof HTMLElement ? element.innerText : element.textContent) ?? '');
    const sensitive = sensitiveKind(element, value);
    send('fill', element, { value: sensitive === null ? value.slice(0, 20_000) : null, sensitive });
  };

  const onInput = (event: Event): void => {
    const element = targetOf(event);
    if (!event.isTrusted || element === null || !isText(element)) return;
    if (typing !== null && typing !== editable(element)) flush();
    typing = editable(element);
  };
  const onChange = (event: Event): void => {
    const element = targetOf(event);
    // A script that brings files, as a field for dropping them does, is the user's doing too.
    const files = element instanceof HTMLInputElement && element.type === 'file';
    if (element === null || !(event.isTrusted || files)) return;
    if (element instanceof HTMLSelectElement) {
      flush();
      send('select', element, { value: [...element.selectedOptions].map((option) => option.label).join('\n') });
    } else if (element instanceof HTMLInputElement && (element.type === 'checkbox' || element.type === 'radio')) {
      flush();
      send('check', element, { checked: element.checked });
    } else if (files) {
      flush();
      // Names only: where the files lie is nobody's business.
      send('upload', element, { value: [...(element.files ?? [])].map((file) => file.name).join('\n') });
    } else if (element instanceof HTMLInputElement && (element.type === 'range' || element.type === 'color')) {
      send('fill', element, { value: element.value });
    } else if (typing === editable(element)) flush();
  };
  const onClick = (event: MouseEvent): void => {
    const element = targetOf(event);
    if (!event.isTrusted || element === null || (event.detail === 0 && performance.now() < ownClickUntil)) return;
    if (typing !== null && !typing.contains(element)) flush();
    const control = element.closest('label')?.control ?? null;
    // A click on a label becomes one on its field, and that becomes a change.
    if (control !== null && element.closest('button, a[href], input, select, textarea') === null) return;
    const field = element.closest('input, select, textarea');
    const readOnly = field instanceof HTMLInputElement && field.readOnly;
    if (field !== null && !readOnly && (isText(field) || field instanceof HTMLSelectElement)) return;
    if (field instanceof HTMLInputElement && /^(checkbox|radio|file|range|color)$/.test(field.type)) return;
    if (element instanceof HTMLElement && element.isContentEditable) return;
    if (element instanceof HTMLOptionElement || element === document.documentElement || element === document.body) return;
    const acting =
      'button, a[href], summary, input, [role=button], [role=link], [role=tab], [role=menuitem], [role=option], [role=checkbox], [role=switch], [role=radio], [role=treeitem], [onclick]';
    send('click', element.closest(acting) ?? element);
  };
  const onKey = (event: KeyboardEvent): void => {
    const element = targetOf(event);
    if (!event.isTrusted || element === null || event.isComposing) return;
    if (
      event.key === 'Enter' &&
      isText(element) &&
      !(element instanceof HTMLTextAreaElement) &&
      !(element instanceof HTMLElement && element.isContentEditable)
    ) {
      flush();
      ownClickUntil = performance.now() + 200;
      send('press', element, { value: 'Enter' });
    } else if (event.key === 'Escape') {
      flush();
      send('press', element, { value: 'Escape' });
    }
  };

  const listening = new AbortController();
  const options = { capture: true, signal: listening.signal };
  window.addEventListener('input', onInput, options);
  window.addEventListener('change', onChange, options);
  window.addEventListener('click', onClick, options);
  window.addEventListener('keydown', onKey, options);
  window.addEventListener('pagehide', flush, options);
  window.addEventListener('blur', (event) => targetOf(event) === typing && flush(), options);
  const watch: Watch = {
    flush,
    stop: () => {
      listening.abort();
      Reflect.deleteProperty(window, handle);
    },
  };
  Object.defineProperty(window, handle, { value: watch, configurable: true });
}

/** Shows which element would be picked, reports the one that is clicked, and keeps the click from the page. */
function pickInPage(_root: Node, { report, handle }: WatchOptions): void {
  if (Reflect.has(window, handle)) return;
  const host = document.createElement('div');
  const shadow = host.attachShadow({ mode: 'closed' });
  const box = document.createElement('div');
  const words = document.createElement('div');
  Object.assign(host.style, { all: 'initial', position: 'fixed', inset: '0', pointerEvents: 'none', zIndex: '2147483647' });
  Object.assign(box.style, {
    position: 'fixed',
    outline: '2px solid #0a6cff',
    background: 'rgba(10, 108, 255, 0.15)',
    pointerEvents: 'none',
  });
  Object.assign(words.style, {
    position: 'fixed',
    font: '12px/1.6 sans-serif',
    padding: '0 6px',
    color: '#fff',
    background: '#0a6cff',
    whiteSpace: 'nowrap',
    pointerEvents: 'none',
  });
  shadow.append(box, words);
  const elementAt = (event: Event): Element | null => {
    const [first] = event.composedPath();
    if (!(first instanceof Element) || first === host) return null;
    return (
      first.closest(
        'button, a[href], input, select, textarea, summary, [role=button], [role=link], [role=tab], [role=menuitem], [role=option]',
      ) ?? first
    );
  };
  const swallow = (event: Event): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  const onMove = (event: Event): void => {
    const element = elementAt(event);
    if (element === null) return;
    if (!host.isConnected) document.documentElement.append(host);
    const { left, top, width, height } = element.getBoundingClientRect();
    Object.assign(box.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
    const name = nameOf(element).slice(0, 60);
    words.textContent = `${roleOf(element) || element.tagName.toLowerCase()} ${name === '' ? '' : `“${name}”`}`.trim();
    Object.assign(words.style, { left: `${Math.max(0, left)}px`, top: `${top > 24 ? top - 22 : top + height + 2}px` });
  };
  const onClick = (event: Event): void => {
    swallow(event);
    const element = elementAt(event);
    const send: unknown = Reflect.get(window, report);
    if (!event.isTrusted || element === null || typeof send !== 'function') return;
    const step: PageReport = { kind: 'click', ...describeElement(element), value: null, checked: null, sensitive: null, at: Date.now() };
    send(JSON.stringify(step));
  };
  const listening = new AbortController();
  const options = { capture: true, signal: listening.signal };
  const kept = [
    'pointerdown',
    'pointerup',
    'mousedown',
    'mouseup',
    'dblclick',
    'auxclick',
    'contextmenu',
    'touchstart',
    'touchend',
    'submit',
  ];
  for (const name of kept) window.addEventListener(name, swallow, options);
  window.addEventListener('mousemove', onMove, options);
  window.addEventListener('click', onClick, options);
  const watch: Watch = {
    flush: () => undefined,
    stop: () => {
      host.remove();
      listening.abort();
      Reflect.deleteProperty(window, handle);
    },
  };
  Object.defineProperty(window, handle, { value: watch, configurable: true });
}

/** The selector of an element that holds a frame. */
function frameSelector(root: Node): Candidate {
  return { css: root instanceof Element ? cssOf(root) : 'iframe' };
}

export const frameSelectorCode = pageCode(frameSelector, describing);
export const watchPageCode = pageCode(watchPage, [...describing, sensitiveKind]);
export const pickInPageCode = pageCode(pickInPage, describing);
