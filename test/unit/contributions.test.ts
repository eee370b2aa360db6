import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { buildScript, readJson, readText, root, sourceFiles } from './sources.ts';

interface Manifest {
  contributes: {
    commands: { command: string; title: string; category?: string; icon?: string }[];
    views: Record<string, { id: string }[]>;
    viewsContainers: Record<string, { id: string }[]>;
    viewsWelcome: { view: string; when?: string; contents: string }[];
    menus: Record<string, { command?: string; submenu?: string; when?: string }[]>;
    submenus?: { id: string }[];
    keybindings: { command: string; when?: string }[];
    walkthroughs: {
      id: string;
      steps: { id: string; description: string; completionEvents?: string[]; media: Record<string, unknown> }[];
    }[];
    configuration: unknown;
  };
}

const manifest = readJson<Manifest>('package.json');
const { contributes } = manifest;
const nls = readJson<Record<string, string>>('package.nls.json');
const commands = contributes.commands.map((command) => command.command);
const views = Object.values(contributes.views)
  .flat()
  .map((view) => view.id);
const hostText = sourceFiles('src/host')
  .map((file) => readText(file))
  .join('\n');

/** Command ids linked in texts, of ours. */
const linked = (text: string) => [...text.matchAll(/\(command:(claudetask\.[\w.]+)/g)].map((match) => match[1]!);
const menuItems = Object.values(contributes.menus).flat();
const clauses = [...menuItems, ...contributes.keybindings, ...contributes.viewsWelcome].flatMap((item) =>
  item.when === undefined ? [] : [item.when],
);

/** All strings in a JSON value. */
function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(strings);
}

describe('the contributions', () => {
  test('are what the generated types were made from', async () => {
    const { contributionsSource } = await buildScript();
    assert.equal(readText('src/host/contributions.generated.ts'), await contributionsSource(manifest), 'run "npm run build"');
  });

  test('name each command once', () => {
    assert.equal(new Set(commands).size, commands.length);
  });

  test('declare every command that a menu, a key, a welcome text or the walkthrough runs', () => {
    const texts = Object.values(nls).flatMap(linked);
    const steps = contributes.walkthroughs.flatMap((one) => one.steps.flatMap((step) => step.completionEvents ?? []));
    const events = steps.flatMap((event) => (event.startsWith('onCommand:') ? [event.slice('onCommand:'.length)] : []));
    const used = [
      ...menuItems.flatMap((item) => item.command ?? []),
      ...contributes.keybindings.map((key) => key.command),
      ...texts,
      ...events,
    ];
    assert.deepEqual(
      used.filter((id) => id.startsWith('claudetask.') && !commands.includes(id)),
      [],
    );
  });

  test('declare every submenu that is used, and use every one declared', () => {
    const declared = (contributes.submenus ?? []).map((menu) => menu.id).sort();
    assert.deepEqual([...new Set(menuItems.flatMap((item) => item.submenu ?? []))].sort(), declared);
    for (const id of declared) assert.ok(contributes.menus[id], `the submenu ${id} has entries`);
  });

  test('give every palette command a title and a category', () => {
    const hidden = (contributes.menus['commandPalette'] ?? []).filter((item) => item.when === 'false').map((item) => item.command);
    const bare = contributes.commands.filter(
      (command) => !hidden.includes(command.command) && (command.title === '' || command.category === undefined),
    );
    assert.deepEqual(bare, []);
  });

  test('put an icon on every command of a toolbar or a row', () => {
    const inline = ['view/title', 'view/item/context', 'editor/title'].flatMap((menu) => contributes.menus[menu] ?? []) as {
      command?: string;
      group?: string;
    }[];
    const shown = inline.filter((item) => /^(navigation|inline)/.test(item.group ?? '')).flatMap((item) => item.command ?? []);
    assert.deepEqual(
      shown.filter((id) => contributes.commands.find((command) => command.command === id)?.icon === undefined),
      [],
    );
  });

  test('ask in `when` only for views that are declared and for keys that the host sets', () => {
    const unknown: string[] = [];
    for (const clause of clauses) {
      for (const [, id] of clause.matchAll(/\b(?:view|focusedView) ==\s*'?([\w.]+)'?/g))
        if (!views.includes(id!)) unknown.push(`view ${id}`);
      for (const [, id] of clause.matchAll(/\b(?:activeWebviewPanelId|webviewId) ==\s*'([\w.]+)'/g))
        if (!hostText.includes(`'${id}'`)) unknown.push(`webview ${id}`);
      for (const [id] of clause.matchAll(/(?<![\w.'])claudetask\.\w+/g))
        if (!views.includes(id) && !hostText.includes(`'${id}'`)) unknown.push(`key ${id}`);
    }
    assert.deepEqual([...new Set(unknown)], []);
  });

  test('name containers and views that exist in `viewsWelcome` and `views`', () => {
    const containers = Object.values(contributes.viewsContainers)
      .flat()
      .map((one) => one.id);
    assert.deepEqual(
      Object.keys(contributes.views).filter((id) => !containers.includes(id) && id !== 'explorer'),
      [],
    );
    assert.deepEqual(
      contributes.viewsWelcome.map((one) => one.view).filter((id) => !views.includes(id)),
      [],
    );
  });
});

describe('the texts', () => {
  const used = strings(manifest).flatMap((text) => [...text.matchAll(/^%([\w.]+)%$/g)].map((match) => match[1]!));

  test('of package.json all stand in package.nls.json', () => {
    assert.deepEqual(
      [...new Set(used)].filter((key) => nls[key] === undefined || nls[key] === ''),
      [],
    );
  });

  test('of package.nls.json are all used', () => {
    assert.deepEqual(
      Object.keys(nls).filter((key) => !used.includes(key)),
      [],
    );
  });

  test('of the l10n bundle are those of the code', async () => {
    const { l10nBundle, l10nSources } = await buildScript();
    const bundle = readText('l10n/bundle.l10n.json');
    assert.equal(bundle, l10nBundle(l10nSources(), Object.keys(JSON.parse(bundle))), 'run "npm run build"');
  });

  test('of every language have the keys of the English ones', () => {
    for (const file of fs.readdirSync(path.join(root, 'l10n')).filter((name) => name !== 'bundle.l10n.json')) {
      assert.deepEqual(Object.keys(readJson('l10n', file)).sort(), Object.keys(readJson('l10n/bundle.l10n.json')).sort(), file);
    }
  });
});
