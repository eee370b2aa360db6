import type { Candidate, Fingerprint } from '../../../protocol/jobs/locator.ts';
import { deepAll } from '../pageCode.ts';
import { contentName, isShown, nameOf, roleOf, roleSelector } from '../pageElements.ts';

export interface Description {
  candidates: Candidate[];
  fingerprint: Fingerprint;
}

/** Ways to find an element again, best first, and what it is. Nothing of what was typed into it. Runs in pages, as all of this file. */
export function describeElement(element: Element): Description {
  const role = roleOf(element);
  const name = nameOf(element).slice(0, 200);
  const tag = element.tagName.toLowerCase();
  const short = (text: string | null | undefined): string | null => {
    const tidy = (text ?? '').replace(/\s+/g, ' ').trim();
    return tidy === '' || tidy.length > 120 ? null : tidy;
  };
  const same = (selector: string, text: (one: Element) => string | null, wanted: string): boolean =>
    deepAll(document, selector).filter((one) => text(one) === wanted && isShown(one)).length === 1;
  const found: { candidate: Candidate; unique: boolean }[] = [];
  const add = (candidate: Candidate, unique: boolean): void => void found.push({ candidate, unique });

  const testId = element.getAttribute('data-testid');
  if (testId) add({ testId }, deepAll(document, `[data-testid="${CSS.escape(testId)}"]`).length === 1);
  if (role !== '' && short(name) !== null) {
    const twins = deepAll(document, roleSelector(role))
      .slice(0, 2000)
      .filter((one) => roleOf(one) === role && nameOf(one) === name && isShown(one));
    add({ role, name, exact: true }, twins.length <= 1);
  }
  const isField = element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement;
  if (isField && element.labels?.length) {
    const [first] = element.labels;
    const label = first === undefined ? null : short(contentName(first, element));
    // Playwright counts the options of a list within its label to the label's text, so that is not the whole text.
    const whole = first?.contains(element) !== true || element instanceof HTMLInputElement;
    const fits = (one: Element): boolean => {
      const text = short(contentName(one, one.querySelector('input,select,textarea'))) ?? '';
      return whole ? text === label : text.toLowerCase().includes((label ?? '').toLowerCase());
    };
    if (label !== null)
      add(
        { label, ...(whole ? { exact: true } : {}) },
        deepAll(document, 'label,[aria-label]').filter((one) => (one.tagName === 'LABEL' ? fits(one) : nameOf(one) === label)).length === 1,
      );
  }
  const placeholder = short(element.getAttribute('placeholder'));
  if (placeholder !== null)
    add(
      { placeholder, exact: true },
      same('[placeholder]', (one) => short(one.getAttribute('placeholder')), placeholder),
    );
  if (!isField && !(element instanceof HTMLElement && element.isContentEditable)) {
    const text = short(contentName(element, null));
    if (text !== null)
      add(
        { text, exact: true },
        same(tag, (one) => short(contentName(one, null)), text),
      );
  }
  const title = short(element.getAttribute('title'));
  if (title !== null)
    add(
      { title, exact: true },
      same('[title]', (one) => short(one.getAttribute('title')), title),
    );
  const image = element instanceof HTMLImageElement ? element : element.querySelector('img[alt]');
  const alt = short(image?.getAttribute('alt'));
  if (alt !== null && image === element)
    add(
      { alt, exact: true },
      same('img[alt]', (one) => short(one.getAttribute('alt')), alt),
    );
  add({ css: cssOf(element) }, true);
  // XPath does not see into shadow roots.
  if (!(element.getRootNode() instanceof ShadowRoot)) add({ xpath: xpathOf(element) }, true);

  const unique = found.filter((one) => one.unique);
  // What fits several is no way to the element, but says what it was where there is little else.
  const kept = unique.length >= 3 ? unique : [...unique, ...found.filter((one) => !one.unique)];
  return {
    candidates: kept.map((one) => one.candidate),
    fingerprint: { ...(role === '' ? {} : { role }), ...(name === '' ? {} : { name }), tag },
  };
}

/** A name that a build or a framework made up, and will make up anew. */
export function isGenerated(name: string): boolean {
  return /\d{3,}|^:|:$|^[«_]|[0-9a-f]{8}|^(css|sc|jss|emotion|ember|react|mui|radix|headlessui)-?[-_]?.*\d|__[A-Za-z0-9]{5,}$|-[a-z]*\d[a-z0-9]*$|^[a-z]?\d+$|^[rz]\d/i.test(
    name,
  );
}

/** A short selector that leads to this element only, as far as its document or shadow root goes; through shadow roots piece by piece. */
export function cssOf(element: Element): string {
  const root = element.getRootNode();
  const scope = root instanceof ShadowRoot ? root : document;
  const only = (selector: string): boolean => scope.querySelectorAll(selector).length === 1;
  const ownParts = (one: Element): string[] => {
    const tag = one.tagName.toLowerCase();
    const parts: string[] = [];
    if (one.id !== '' && !isGenerated(one.id)) parts.push(`#${CSS.escape(one.id)}`);
    for (const attribute of ['name', 'data-test', 'data-cy', 'data-qa', 'type', 'aria-label']) {
      const value = one.getAttribute(attribute);
      if (value && value.length < 80 && !isGenerated(value)) parts.push(`${tag}[${attribute}="${CSS.escape(value)}"]`);
    }
    const classes = [...one.classList].filter(
      (name) => !isGenerated(name) && !/^(active|hover|focus|selected|open|disabled)$|[:[\]/]/.test(name),
    );
    parts.push(...classes.slice(0, 3).map((name) => `${tag}.${CSS.escape(name)}`), tag);
    return parts;
  };
  const path = (): string => {
    const own = ownParts(element);
    const direct = own.find(only);
    if (direct !== undefined) return direct;
    let below = '';
    for (let one: Element | null = element; one !== null && one !== document.documentElement; one = one.parentElement) {
      const tag = one.tagName.toLowerCase();
      const here: Element = one;
      const siblings = [...(here.parentElement?.children ?? [])].filter((other) => other.tagName === here.tagName);
      const step = siblings.length > 1 ? `${tag}:nth-of-type(${siblings.indexOf(here) + 1})` : tag;
      if (below !== '') {
        const anchored = ownParts(one).find((part) => part !== tag && only(`${part} > ${below}`));
        if (anchored !== undefined) return `${anchored} > ${below}`;
      }
      below = below === '' ? step : `${step} > ${below}`;
      if (only(below)) return below;
    }
    return below;
  };
  return root instanceof ShadowRoot ? `${cssOf(root.host)} ${path()}` : path();
}

/** By place, from the nearest element with an id of its own. */
export function xpathOf(element: Element): string {
  let path = '';
  for (let one: Element | null = element; one !== null; one = one.parentElement) {
    if (one.id !== '' && !isGenerated(one.id) && !one.id.includes('"')) return `//*[@id="${one.id}"]${path}`;
    const here: Element = one;
    const siblings = [...(here.parentElement?.children ?? [here])].filter((other) => other.tagName === here.tagName);
    path = `/${here.tagName.toLowerCase()}${siblings.length > 1 ? `[${siblings.indexOf(here) + 1}]` : ''}${path}`;
  }
  return path;
}

/**
 * What makes a value one that must not leave the page: by the field's type and purpose, by what it is called, and by what the value looks
 * like. Rather one too many: it becomes an input of the job.
 */
export function sensitiveKind(element: Element, value: string): 'password' | 'code' | 'email' | 'phone' | null {
  const type = element.getAttribute('type')?.toLowerCase() ?? '';
  const purpose = element.getAttribute('autocomplete')?.toLowerCase() ?? '';
  const said = ['name', 'id', 'placeholder', 'aria-label'].map((attribute) => element.getAttribute(attribute) ?? '').join(' ');
  const called = `${said} ${nameOf(element)}`
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[_-]/g, ' ')
    .toLowerCase();
  if (
    type === 'password' ||
    /password/.test(purpose) ||
    /\b(password|passwort|passwd|pwd|passphrase|secret|api key|access token)\b/.test(called)
  )
    return 'password';
  if (/one-time-code|^cc-/.test(purpose)) return 'code';
  if (
    /\b(otp|totp|mfa|2fa|pin|pin code|tan|cvv|cvc|csc|ssn|iban|social security|tax id|passport|card number|card no|security code|verification code|one time|passcode)\b/.test(
      called,
    )
  )
    return 'code';
  if (type === 'email' || /\bemail\b/.test(purpose) || /\be ?mail\b/.test(called) || /^\s*[^\s@]+@[^\s@]+\.[^\s@]+\s*$/.test(value))
    return 'email';
  if (
    type === 'tel' ||
    /^tel\b/.test(purpose) ||
    /\b(phone|telephone|mobile|cell|fax)\b/.test(called) ||
    /^\s*\+\d[\d\s()/.-]{7,}$/.test(value)
  )
    return 'phone';
  const digits = value.replace(/[\s-]/g, '');
  if (/^\d{13,19}$/.test(digits) || /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(digits)) return 'code';
  return null;
}

export const describing = [describeElement, isGenerated, cssOf, xpathOf, deepAll, contentName, isShown, nameOf, roleOf, roleSelector];
