import type AxeTool from 'axe-core';
import fs from 'node:fs';
import type { Browser, BrowserContextOptions, Frame, Locator, Page } from 'playwright-core';
import { drag } from './drag.ts';
import { eventually } from './eventually.ts';

const quoted = (text: string) => text.replace(/["\\]/g, '\\$&');
// Not `:text-is()`: letters that match what was typed sit in spans of their own.
const exactly = (text: string) => new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);

export interface TreeRow {
  label: string;
  description: string;
  aria: string;
  level: number;
  expanded: string | null;
  checked: string | null;
}

export interface Notification {
  message: string;
  severity: string;
  buttons: string[];
}

export interface AxeViolation {
  id: string;
  impact: string;
  help: string;
  nodes: string[];
}

/** One VS Code window in Chromium, driven through what a user sees. */
export class Workbench implements AsyncDisposable {
  readonly page: Page;
  /** Errors of the page's console. Some are VS Code's own: judge only those that name the extension. */
  readonly errors: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on('console', (message) => message.type() === 'error' && this.errors.push(message.text()));
    page.on('pageerror', (error) => this.errors.push(String(error)));
    page.setDefaultTimeout(15_000);
  }

  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Workbench> {
    const context = await browser.newContext({ viewport: { width: 2000, height: 1000 }, ...options });
    const window = new Workbench(await context.newPage());
    await window.goto(url);
    return window;
  }

  async goto(url: string): Promise<void> {
    await this.page.goto(url, { waitUntil: 'domcontentloaded' });
    await this.#ready();
  }

  /** Reloads the window as a user does: VS Code saves its state first. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent('domcontentloaded');
    await this.run('Developer: Reload Window');
    await loaded;
    await this.#ready();
  }

  /** Waits until VS Code has written down its editors' state with this text in it: in a browser it does so every few seconds, and not at the end. */
  async stateSaved(text: string): Promise<void> {
    const saved = () => this.page.evaluate(readEditorState);
    await eventually(`VS Code saves its state with ${text}`, async () => (await saved()).includes(text), 30_000);
  }

  async #ready(): Promise<void> {
    await this.page.waitForSelector('.monaco-workbench .part.statusbar .statusbar-item', { timeout: 60_000 });
    // Until this mark the palette lacks contributed commands.
    const loaded = () => this.page.evaluate(() => performance.getEntriesByName('code/didLoadExtensions').length > 0);
    await eventually('the extensions are loaded', loaded, 60_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
  }

  press(keys: string): Promise<void> {
    return this.page.keyboard.press(keys);
  }

  // ---- palette, quick picks, input boxes

  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible');
  }

  async openPalette(text: string): Promise<void> {
    // The first key may come before the workbench listens, and an editor that opens takes the focus from the palette, which closes it.
    await eventually('the palette opens', async () => {
      await this.press('Escape');
      await this.press('F1');
      await this.quickInput.locator('input').first().waitFor({ timeout: 3000 });
      await this.fillQuick(text, 3000);
      return true;
    });
  }

  async fillQuick(text: string, timeout?: number): Promise<void> {
    await this.quickInput
      .locator('.quick-input-box input')
      .first()
      .fill(text, timeout === undefined ? {} : { timeout });
  }

  quickLabels(): Promise<string[]> {
    return this.quickInput.locator('.quick-input-list .monaco-list-row .label-name').allTextContents();
  }

  async pick(label: string, timeout?: number): Promise<void> {
    const name = this.page.locator('.label-name', { hasText: exactly(label) });
    const row = this.quickInput.locator('.quick-input-list .monaco-list-row').filter({ has: name }).first();
    await row.click(timeout === undefined ? {} : { timeout });
  }

  /** Answers an input box that has this title; without a text, with what it proposes. */
  async answer(title: string, text?: string): Promise<void> {
    const box = this.quickInput.locator('.quick-input-title', { hasText: title });
    await box.waitFor();
    if (text !== undefined) await this.fillQuick(text);
    await this.press('Enter');
    // VS Code asks the extension whether the text is right before it takes it: Escape meanwhile, as for the next palette, is a no.
    await box.waitFor({ state: 'hidden' });
  }

  /** Answers VS Code's own file dialog, which is a quick input here. */
  async chooseFile(title: string, file: string): Promise<void> {
    const dialog = this.quickInput.locator('.quick-input-title', { hasText: title });
    await dialog.waitFor();
    const box = this.quickInput.locator('.quick-input-box input').first();
    // It looks at the folder first, and then writes its own proposal over what was typed.
    let before = '';
    await eventually(
      'the dialog has made its proposal',
      async () => {
        const now = await box.inputValue();
        const isSettled = now !== '' && now === before;
        before = now;
        return isSettled;
      },
      10_000,
      500,
    );
    await this.fillQuick(file);
    // While the dialog looks at what was typed it does not hear the button.
    const button = this.quickInput.locator('.quick-input-action .monaco-button').first();
    await eventually(
      'the dialog takes the file',
      async () => {
        if (await button.isVisible()) await button.click({ timeout: 1000 });
        return !(await dialog.isVisible());
      },
      15_000,
      500,
    );
  }

  /** A notification whose text fits, once it shows. */
  message(text: RegExp, timeout?: number): Promise<Notification> {
    return eventually(`"${text.source}"`, async () => (await this.notifications()).find((one) => text.test(one.message)), timeout);
  }

  /** Runs a command by its full title, such as `ClaudeTask: Open Board`. */
  async run(title: string): Promise<void> {
    // What opens by itself, such as the output of a server, takes the focus from the palette, which closes it.
    await eventually(
      `"${title}" is run`,
      async () => {
        await this.openPalette(`>${title}`);
        await eventually(`"${title}" in the palette`, async () => (await this.quickLabels()).includes(title), 8000);
        await this.pick(title, 3000);
        return true;
      },
      30_000,
    );
  }

  /** Runs a command that asks, and picks an answer by its label. What opens by itself closes such a question, which is then asked anew. */
  async runAndPick(title: string, label: string): Promise<void> {
    const once = async () => {
      await this.run(title);
      await eventually(`"${label}" is offered`, async () => (await this.quickLabels()).includes(label), 10_000);
      await this.pick(label, 3000);
      return true;
    };
    await eventually(`"${label}" is picked for "${title}"`, once, 60_000);
  }

  /** The titles that the palette offers for a text. */
  async paletteTitles(text: string): Promise<string[]> {
    await this.openPalette(`>${text}`);
    const titles = await eventually(`something in the palette for "${text}"`, async () => {
      const labels = await this.quickLabels();
      return labels.length > 0 ? labels : undefined;
    });
    await this.press('Escape');
    return titles;
  }

  // ---- editors

  async openFile(name: string): Promise<void> {
    await this.openPalette('');
    await this.fillQuick(name);
    await eventually(`the file ${name}`, async () => (await this.quickLabels()).includes(name));
    await this.press('Enter');
    await this.page
      .locator(`.tab[data-resource-name="${quoted(name)}"]`)
      .first()
      .waitFor();
  }

  get editor(): Locator {
    return this.page.locator('.editor-group-container.active .monaco-editor').first();
  }

  /** Names of the open editors' files. */
  tabs(): Promise<string[]> {
    return this.page.locator('.tabs-container .tab').evaluateAll((tabs) => tabs.map((tab) => tab.getAttribute('data-resource-name') ?? ''));
  }

  // ---- side bar

  async openContainer(title: string): Promise<void> {
    const item = this.page.locator(`.part.activitybar .action-item:has([aria-label^="${quoted(title)}"])`).first();
    await item.waitFor();
    if (!(await item.evaluate((element) => element.classList.contains('checked')))) await item.click();
    await this.page.locator(`.part.sidebar .composite.title:has-text("${quoted(title)}")`).waitFor();
  }

  /** Closes all other views of the container: a short tree scrolls while something is dragged to its edge. */
  async onlyPane(view: string): Promise<void> {
    const others = this.page.locator(`.part.sidebar .pane-header.expanded:not([aria-label^="${quoted(view)}"])`);
    while ((await others.count()) > 0) await others.first().click();
  }

  pane(view: string): Locator {
    return this.page
      .locator('.pane')
      .filter({ has: this.page.locator(`.pane-header[aria-label^="${quoted(view)}"]`) })
      .first();
  }

  /** Rows of a tree that are in view: its list is virtual. */
  treeRows(view: string): Promise<TreeRow[]> {
    return this.pane(view)
      .locator('.monaco-list-row')
      .evaluateAll((rows) =>
        rows.map((row) => ({
          label: row.querySelector('.label-name')?.textContent ?? '',
          description: row.querySelector('.label-description')?.textContent ?? '',
          aria: row.getAttribute('aria-label') ?? '',
          level: Number(row.getAttribute('aria-level')),
          expanded: row.getAttribute('aria-expanded'),
          checked: row.querySelector('.custom-view-tree-node-item-checkbox')?.getAttribute('aria-checked') ?? null,
        })),
      );
  }

  treeRow(view: string, label: string): Locator {
    return this.pane(view)
      .locator('.monaco-list-row')
      .filter({ has: this.page.locator('.label-name', { hasText: exactly(label) }) })
      .first();
  }

  async toggleRow(view: string, label: string): Promise<void> {
    await this.treeRow(view, label).locator('.monaco-tl-twistie').click();
  }

  async contextMenu(target: Locator): Promise<string[]> {
    await target.click({ button: 'right' });
    const menu = this.page.locator('.monaco-menu-container, .context-view .monaco-menu').first();
    await menu.waitFor();
    return (await menu.locator('.action-item .action-label').allTextContents()).filter(Boolean);
  }

  async pickMenu(label: string): Promise<void> {
    const entry = this.page.locator('.monaco-menu .action-label', { hasText: exactly(label) }).first();
    // Menus ignore the mouse for their first 100 ms.
    await eventually(
      `the menu entry "${label}" takes the click`,
      async () => {
        if (await entry.isVisible()) await entry.click({ timeout: 1000 });
        return !(await entry.isVisible());
      },
      5000,
      150,
    );
  }

  /** Text of a view's welcome content. */
  async welcome(view: string): Promise<string> {
    return this.pane(view).locator('.welcome-view-content').innerText();
  }

  // ---- status bar, notifications, dialogs

  /** Label for screen readers of a status-bar item whose id holds `part`. */
  async status(part: string): Promise<{ text: string; aria: string } | undefined> {
    const item = this.page.locator(`.part.statusbar .statusbar-item[id*="${quoted(part)}"]`).first();
    if ((await item.count()) === 0) return undefined;
    return item.evaluate((element) => ({
      text: (element.textContent ?? '').trim(),
      aria: element.querySelector('[aria-label]')?.getAttribute('aria-label') ?? element.getAttribute('aria-label') ?? '',
    }));
  }

  notifications(): Promise<Notification[]> {
    return this.page.locator('.notifications-toasts .notification-list-item').evaluateAll((items) =>
      items.map((item) => ({
        message: item.querySelector('.notification-list-item-message')?.textContent ?? '',
        severity: /codicon-(info|warning|error)/.exec(item.querySelector('.notification-list-item-icon')?.className ?? '')?.[1] ?? '',
        buttons: [...item.querySelectorAll('.monaco-button')].map((button) => button.textContent ?? ''),
      })),
    );
  }

  dialogs(): Promise<string[]> {
    return this.page.locator('.monaco-dialog-box .dialog-message-text').allInnerTexts();
  }

  async clickDialog(button: string): Promise<void> {
    await this.page.locator('.monaco-dialog-box .monaco-button', { hasText: button }).first().click();
  }

  async theme(label: string): Promise<void> {
    await this.run('Preferences: Color Theme');
    await this.fillQuick(label);
    await this.pick(label);
    await this.quickInput.waitFor({ state: 'hidden' });
  }

  // ---- webviews

  /**
   * The document of a visible webview that has `selector`. A webview is two frames: VS Code's own page, and in it the extension's.
   * After a reload it must be asked for anew.
   */
  async webview(selector: string, timeout = 20_000): Promise<Frame> {
    return eventually(
      `a webview with ${selector}`,
      async () => {
        for (const element of await this.page.locator('iframe.webview').elementHandles()) {
          if (!(await element.isVisible())) continue;
          const outer = await element.contentFrame();
          const inner = await (await outer?.$('#active-frame'))?.contentFrame();
          if (inner && (await inner.$(selector))) return inner;
        }
        return undefined;
      },
      timeout,
    );
  }

  /** Drags with the mouse. */
  drag(from: Locator, to: Locator): Promise<void> {
    return drag(this.page, from, to);
  }
}

/** Runs in the page: the editors' state as it lies in the browser's database. */
async function readEditorState(): Promise<string> {
  const done = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.addEventListener('success', () => resolve(request.result));
      request.addEventListener('error', () => reject(new Error('the database cannot be read', { cause: request.error })));
    });
  const states: string[] = [];
  for (const { name } of await indexedDB.databases()) {
    if (!name?.startsWith('vscode-web-state-db')) continue;
    const database = await done(indexedDB.open(name));
    states.push(String(await done(database.transaction('ItemTable').objectStore('ItemTable').get('memento/workbench.parts.editor'))));
    database.close();
  }
  return states.join('\n');
}

/** What axe finds in a page or frame. */
export async function axe(frame: Frame | Page): Promise<AxeViolation[]> {
  // Not by a script tag: the webview's content security policy would refuse it.
  await frame.evaluate(fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
  return frame.evaluate(async () => {
    const { axe: tool } = globalThis as unknown as { axe: typeof AxeTool };
    const { violations } = await tool.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    return violations.map((found) => ({
      id: found.id,
      impact: String(found.impact),
      help: found.help,
      nodes: found.nodes.map((node) => node.target.join(' ')),
    }));
  });
}
