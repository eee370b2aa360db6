import type { StepKind } from '../../protocol/jobs/steps.ts';

/** What is written for a new step, in the syntax of VS Code's snippets. Lines after the first are indented as the first key of the step is. */
export const stepSnippets: Readonly<Record<StepKind, string>> = {
  goto: 'goto: ${1:https://}',
  click: 'click: { role: ${1:button}, name: ${2:Name} }',
  fill: 'fill: { label: ${1:Label} }\nwith: ${2:text}',
  select: 'select: { label: ${1:Label} }\noption: ${2:option}',
  check: 'check: { label: ${1:Label} }',
  press: 'press: ${1:Enter}',
  hover: 'hover: { role: ${1:button}, name: ${2:Name} }',
  scroll: 'scroll: ${1|bottom,top|}',
  upload: 'upload: { label: ${1:Label} }\nfiles: ${2:path/of/file.pdf}',
  waitFor: 'waitFor: { visible: { role: ${1:heading}, name: ${2:Name} } }',
  ensureSignedIn: 'ensureSignedIn: { signedIn: { role: ${1:button}, name: ${2:Profile} } }',
  pause: 'pause: ${1:What the user is to do}',
  confirm: 'confirm: ${1:Go on?}',
  extract: 'extract:\n  rows: ${1:table tbody tr}\n  fields:\n    ${2:number}: { cell: ${3:1} }\n  key: ${2:number}',
  set: 'set: { ${1:name}: { textOf: { css: "${2:h1}" } } }',
  assert: 'assert: { visible: { text: ${1:text} } }\nmessage: ${2:What is wrong otherwise}',
  request: 'request: ${1:https://}\nextract:\n  json: ${2:$}\n  fields:\n    ${3:id}: { path: ${4:id} }\n  key: ${3:id}',
  download: 'download: { click: { role: ${1:button}, name: ${2:Export} } }\nsaveAs: ${3:data/export.csv}',
  screenshot: 'screenshot: true',
  save: 'save: ${1:rows}\nto: ${2:data/rows.csv}',
  runJob: 'runJob: ${1:name}',
  say: 'say: ${1:text}',
  forEachPage:
    'forEachPage: { next: { role: link, name: ${1:Next} }, max: ${2:50} }\nextract:\n  rows: ${3:table tbody tr}\n  fields:\n    ${4:number}: { cell: ${5:1} }\n  key: ${4:number}',
  forEach: 'forEach: { in: "{{${1:steps.rows}}}" }\nsteps:\n  - ${0:say: "{{item\\}\\}"}',
  if: 'if: { visible: { text: ${1:text} } }\nsteps:\n  - ${0:say: text}',
};

/** What is written for a value with several forms, the usual one first. */
export const targetSnippets: readonly (readonly [string, string])[] = [
  ['{ role, name }', '{ role: ${1:button}, name: ${2:Name} }'],
  ['{ label }', '{ label: ${1:Label} }'],
  ['{ text }', '{ text: ${1:Text} }'],
  ['{ testId }', '{ testId: ${1:id} }'],
  ['{ css }', '{ css: "${1:selector}" }'],
];

/** Roles that jobs have to do with. Any other role of ARIA can be written too. */
export const usualRoles = [
  'button',
  'link',
  'textbox',
  'combobox',
  'checkbox',
  'radio',
  'row',
  'cell',
  'columnheader',
  'table',
  'heading',
  'tab',
  'menuitem',
  'option',
  'listitem',
  'dialog',
  'alert',
  'navigation',
  'main',
  'img',
  'searchbox',
  'switch',
  'grid',
  'treeitem',
] as const;
