type PageFunction = (...args: never[]) => unknown;

/**
 * A function of ours together with the functions it calls, to be evaluated in a page: Playwright sends a function as its text, and that of one
 * alone would know nothing of the others. Its first argument is the node it is evaluated on, which is the document unless it is evaluated on
 * an element; its second is what is given to `evaluate`. All must be declared with `function` and use nothing else from outside.
 */
export function pageCode(main: (root: Node, request: never) => unknown, uses: readonly PageFunction[]): PageCode {
  const functions = [...uses, main].map(String).join('\n');
  const text = `(first, second) => {\n${functions}\nreturn second === undefined ? ${main.name}(document, first) : ${main.name}(first, second);\n}`;
  const inPage: PageCode = () => undefined;
  inPage.toString = () => text;
  return inPage;
}

/** Runs in pages only. What it gives has been in the hands of a foreign page, and is parsed. */
export type PageCode = (first: unknown, second?: unknown) => unknown;

/** The text of an element as a person reads it: line breaks where there are, nothing of scripts and of what is not displayed. */
export function textOf(root: Node): string {
  if (root instanceof Element) {
    const value = fieldValue(root);
    if (value !== null) return value;
  }
  let hasElements = false;
  for (let child = root.firstChild; child !== null; child = child.nextSibling) if (child.nodeType === 1) hasElements = true;
  if (!hasElements && !(root instanceof Element && root.shadowRoot !== null)) return root.textContent ?? '';
  let text = '';
  const visit = (node: Node): void => {
    if (node.nodeType === 3) {
      text += (node.nodeValue ?? '').replace(/\s+/g, ' ');
      return;
    }
    if (!(node instanceof Element)) return;
    const tag = node.tagName;
    if (tag === 'BR') {
      text += '\n';
      return;
    }
    if (tag === 'SCRIPT' || tag === 'STYLE' || tag === 'NOSCRIPT' || tag === 'TEMPLATE') return;
    const { display } = getComputedStyle(node);
    if (display === 'none') return;
    const value = fieldValue(node);
    if (value !== null) {
      text += value;
      return;
    }
    const apart = display !== 'inline' && display !== 'contents' && display !== 'inline-block' && display !== 'inline-flex';
    if (apart) text += display === 'table-cell' ? ' ' : '\n';
    if (node instanceof HTMLSlotElement && node.assignedNodes().length > 0) node.assignedNodes({ flatten: true }).forEach(visit);
    else (node.shadowRoot ?? node).childNodes.forEach(visit);
    if (apart) text += display === 'table-cell' ? ' ' : '\n';
  };
  const whole = root instanceof Element && root.shadowRoot !== null ? root.shadowRoot : root;
  whole.childNodes.forEach(visit);
  return text;
}

/** What a form field shows; null for other elements. A password is not shown. */
export function fieldValue(element: Element): string | null {
  if (element instanceof HTMLInputElement) {
    if (element.type === 'checkbox' || element.type === 'radio') return String(element.checked);
    return element.type === 'password' ? '' : element.value;
  }
  if (element instanceof HTMLTextAreaElement) return element.value;
  if (element instanceof HTMLSelectElement) return [...element.selectedOptions].map((option) => option.label).join(', ');
  return null;
}

/**
 * All elements that a selector leads to, in open shadow roots too. Those are searched only when nothing is found outside of them: to look for
 * them means to visit every element.
 */
export function deepAll(root: ParentNode, selector: string): Element[] {
  const direct = [...root.querySelectorAll(selector)];
  if (direct.length > 0) return direct;
  const found: Element[] = [];
  const search = (scope: ParentNode): void => {
    for (const element of scope.querySelectorAll('*')) {
      if (element.shadowRoot === null) continue;
      found.push(...element.shadowRoot.querySelectorAll(selector));
      search(element.shadowRoot);
    }
  };
  if (root instanceof Element && root.shadowRoot !== null) {
    found.push(...root.shadowRoot.querySelectorAll(selector));
    search(root.shadowRoot);
  }
  search(root);
  if (found.length > 0) return found;
  // `my-list .row` with the boundary of a shadow root in between: piece by piece.
  const pieces = selector.trim().split(/\s+/);
  if (pieces.length < 2 || /["'[\]>+~,()]/.test(selector)) return [];
  let scopes: ParentNode[] = [root];
  for (const piece of pieces) scopes = [...new Set(scopes.flatMap((scope) => deepAll(scope, piece)))];
  return scopes.filter((one) => one instanceof Element);
}

/** Tells texts apart; not for secrets. */
export function hashOf(text: string): string {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  return `${(a >>> 0).toString(36)}${(b >>> 0).toString(36)}`;
}

/** Resolves when `ask` says yes, asked at every change of the document and ten times a second (shadow roots tell nobody), or in the end with its last answer. */
export function untilPage(ask: () => boolean, timeout: number): Promise<boolean> {
  if (ask()) return Promise.resolve(true);
  return new Promise((resolve) => {
    let notBefore = 0;
    const check = (): void => {
      // A page that changes all the time must not be kept busy by being asked about it.
      const now = performance.now();
      if (now < notBefore && now < end) return;
      const yes = ask();
      notBefore = performance.now() + 3 * (performance.now() - now);
      if (!yes && now < end) return;
      observer.disconnect();
      clearInterval(timer);
      resolve(yes);
    };
    const end = performance.now() + timeout;
    const observer = new MutationObserver(check);
    observer.observe(document, { childList: true, subtree: true, attributes: true, characterData: true });
    const timer = setInterval(check, 100);
  });
}
