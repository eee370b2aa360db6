/** ARIA role of an element, as far as markup tells it; empty when it has none that a job could go by. Runs in pages. */
export function roleOf(element: Element): string {
  const said = element.getAttribute('role')?.trim().split(/\s+/)[0]?.toLowerCase();
  if (said !== undefined && said !== '' && said !== 'none' && said !== 'presentation') return said;
  if (element instanceof HTMLInputElement) {
    const byType: Record<string, string> = {
      button: 'button',
      submit: 'button',
      reset: 'button',
      image: 'button',
      checkbox: 'checkbox',
      radio: 'radio',
      range: 'slider',
      number: 'spinbutton',
      search: 'searchbox',
    };
    if (['password', 'file', 'hidden', 'color', 'date', 'time', 'month', 'week', 'datetime-local'].includes(element.type)) return '';
    return byType[element.type] ?? (element.hasAttribute('list') ? 'combobox' : 'textbox');
  }
  if (element instanceof HTMLSelectElement) return element.multiple || element.size > 1 ? 'listbox' : 'combobox';
  if (element instanceof HTMLAnchorElement || element instanceof HTMLAreaElement) return element.hasAttribute('href') ? 'link' : '';
  const byTag: Record<string, string> = {
    BUTTON: 'button',
    TEXTAREA: 'textbox',
    H1: 'heading',
    H2: 'heading',
    H3: 'heading',
    H4: 'heading',
    H5: 'heading',
    H6: 'heading',
    IMG: 'img',
    NAV: 'navigation',
    MAIN: 'main',
    TABLE: 'table',
    TR: 'row',
    TD: 'cell',
    TH: 'columnheader',
    LI: 'listitem',
    UL: 'list',
    OL: 'list',
    OPTION: 'option',
    DIALOG: 'dialog',
    ARTICLE: 'article',
    FIELDSET: 'group',
    OUTPUT: 'status',
    PROGRESS: 'progressbar',
  };
  return byTag[element.tagName] ?? '';
}

/** Accessible name of an element, without what only style sheets add. https://www.w3.org/TR/accname-1.2/ */
export function nameOf(element: Element): string {
  const tidy = (text: string): string =>
    text
      .replace(/[\u200B\u00AD]/g, '')
      .replace(/\s+/g, ' ')
      .trim();
  const root = element.getRootNode();
  const byId = (id: string): Element | null => (root instanceof Document || root instanceof ShadowRoot ? root.getElementById(id) : null);
  const labelled = (element.getAttribute('aria-labelledby') ?? '')
    .split(/\s+/)
    .map((id) => (id === '' ? null : byId(id)))
    .map((one) => (one === null ? '' : (one.getAttribute('aria-label') ?? contentName(one, null))));
  const fromIds = tidy(labelled.join(' '));
  if (fromIds !== '') return fromIds;
  const label = tidy(element.getAttribute('aria-label') ?? '');
  if (label !== '') return label;
  if (
    element instanceof HTMLInputElement ||
    element instanceof HTMLSelectElement ||
    element instanceof HTMLTextAreaElement ||
    element instanceof HTMLButtonElement
  ) {
    const labels = tidy([...(element.labels ?? [])].map((one) => contentName(one, element)).join(' '));
    if (labels !== '') return labels;
  }
  if (element instanceof HTMLInputElement && ['button', 'submit', 'reset'].includes(element.type)) {
    return tidy(element.value || { submit: 'Submit', reset: 'Reset' }[element.type] || element.title);
  }
  if (element instanceof HTMLImageElement || (element instanceof HTMLInputElement && element.type === 'image')) {
    return tidy(element.alt || element.title);
  }
  const title = element.getAttribute('title') ?? '';
  const ofContent = [
    'button',
    'link',
    'heading',
    'tab',
    'menuitem',
    'menuitemcheckbox',
    'menuitemradio',
    'option',
    'cell',
    'gridcell',
    'columnheader',
    'rowheader',
    'row',
    'treeitem',
    'checkbox',
    'radio',
    'switch',
    'tooltip',
  ];
  if (ofContent.includes(roleOf(element)) || element.tagName === 'SUMMARY') {
    const content = tidy(contentName(element, null));
    if (content !== '') return content;
  }
  return tidy(title || (element.getAttribute('placeholder') ?? ''));
}

/** The text of an element as its name: with the names of images and labelled parts, without what is hidden. */
export function contentName(element: Element, without: Element | null): string {
  let text = '';
  const visit = (node: Node): void => {
    if (node === without) return;
    if (node.nodeType === 3) {
      text += node.nodeValue ?? '';
      return;
    }
    if (!(node instanceof Element) || node.getAttribute('aria-hidden') === 'true') return;
    if (['SCRIPT', 'STYLE', 'NOSCRIPT', 'TEMPLATE'].includes(node.tagName)) return;
    const { display, visibility } = getComputedStyle(node);
    if (display === 'none' || visibility === 'hidden') return;
    const label = node === element ? null : node.getAttribute('aria-label');
    const own =
      label ??
      (node instanceof HTMLImageElement
        ? node.alt
        : node instanceof HTMLInputElement || node instanceof HTMLTextAreaElement || node instanceof HTMLSelectElement
          ? ''
          : null);
    if (own !== null) {
      text += ` ${own} `;
      return;
    }
    const apart = !display.startsWith('inline') && display !== 'contents';
    if (apart) text += ' ';
    if (node instanceof HTMLSlotElement && node.assignedNodes().length > 0) node.assignedNodes({ flatten: true }).forEach(visit);
    else (node.shadowRoot ?? node).childNodes.forEach(visit);
    if (apart) text += ' ';
  };
  visit(element);
  return text;
}

/** Whether it has a place on the page and is not hidden. */
export function isShown(element: Element): boolean {
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility === 'visible';
}

/** Whether it says that it cannot be used now. */
export function isDisabled(element: Element): boolean {
  if (element.matches(':disabled') || element.closest('[aria-disabled=true]') !== null) return true;
  // `<li class="disabled"><a>`: the way of Bootstrap and those who followed it.
  const near = [element, element.parentElement];
  return near.some(
    (one) => one !== null && /(^|[\s_-])disabled($|\s)/i.test(one.getAttribute('class') ?? '') && one.childElementCount <= 3,
  );
}

/** Selector of all elements that may have a role. */
export function roleSelector(role: string): string {
  const tags: Record<string, string> = {
    link: 'a[href],area[href]',
    button: 'button,input[type=button],input[type=submit],input[type=reset],input[type=image]',
    checkbox: 'input[type=checkbox]',
    radio: 'input[type=radio]',
    textbox: 'input,textarea',
    searchbox: 'input[type=search]',
    spinbutton: 'input[type=number]',
    slider: 'input[type=range]',
    combobox: 'select,input[list]',
    listbox: 'select',
    option: 'option',
    heading: 'h1,h2,h3,h4,h5,h6',
    img: 'img',
    row: 'tr',
    cell: 'td',
    columnheader: 'th',
    listitem: 'li',
    list: 'ul,ol',
    table: 'table',
    navigation: 'nav',
    main: 'main',
    dialog: 'dialog',
  };
  const native = Object.hasOwn(tags, role) ? tags[role] : undefined;
  return native === undefined ? `[role="${CSS.escape(role)}"]` : `${native},[role="${role}"]`;
}
