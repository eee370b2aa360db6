// Builds everything: node esbuild.mjs [--production] [--tests] [--watch]
//   dist/extension.js, dist/host-*.cjs       the host: what activation needs, and the rest in pieces that are loaded when first needed
//   dist/storage.js                          the storage thread
//   dist/jobRunner.js                        the process that drives browsers
//   dist/mcpStdio.js                         the MCP server as a program of its own
//   dist/playwright/**                       what it needs of playwright-core, unmodified
//   dist/board.js, dist/board.css            the board's page
//   dist/agent.js, dist/agent.css            the form over an agent's file
//   dist/run.js, dist/run.css                the page of a run
//   dist/records.js, dist/records.css        the page of what runs have read
//   dist/sql-wasm.js, dist/sql-wasm.wasm     sql.js, unmodified
//   dist/codicon.css, dist/codicon.ttf       the icons the pages draw, and no others
//   dist/THIRD-PARTY-NOTICES.txt             licences of all of that
//   src/host/contributions.generated.ts      ids and settings of package.json as types
//   l10n/bundle.l10n.json                    the texts of the code, for translators
//   out/meta.json                            esbuild's metafile, which the architecture test reads
//   out/test/**                              with --tests: one bundle per *.test.ts and *.process.ts
import { build, context } from 'esbuild';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { format, resolveConfig } from 'prettier';
import subsetFont from 'subset-font';
import { noticesText } from './esbuild.notices.mjs';

const root = path.dirname(fileURLToPath(import.meta.url));
const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const tests = process.argv.includes('--tests');
const from = (...parts) => path.join(root, ...parts);
const dist = (...parts) => from('dist', ...parts);

/** Node of the oldest VS Code in `engines`. */
const node = 'node20';
const shared = {
  absWorkingDir: root,
  bundle: true,
  metafile: true,
  logLevel: 'warning',
  legalComments: 'none',
  sourcemap: !production,
  jsx: 'automatic',
  jsxImportSource: 'preact',
};
// `main` of some packages is a wrapper that requires its parts by names that no bundler sees.
const forNode = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  target: node,
  mainFields: ['module', 'main'],
  minify: production,
  keepNames: production,
};

const page = {
  ...shared,
  entryPoints: {
    board: 'src/webview/board/main.tsx',
    agent: 'src/webview/agent/main.tsx',
    run: 'src/webview/run/main.tsx',
    records: 'src/webview/records/main.tsx',
  },
  outdir: 'dist',
  platform: 'browser',
  format: 'iife',
  target: 'es2022',
  minify: true,
};

/** The files of playwright-core that launching, attaching, running and taking pictures load. The rest are its own tools. */
const playwrightFiles = [
  ...['LICENSE', 'NOTICE', 'ThirdPartyNotices.txt', 'browsers.json', 'index.js', 'package.json'],
  ...['bootstrap.js', 'coreBundle.js', 'utilsBundle.js', 'utilsBundle.js.LICENSE'].map((file) => `lib/${file}`),
];

/** playwright-core finds its parts by paths beside itself, so it is copied and never bundled. */
const besideIt = {
  name: 'playwright beside the bundle',
  setup: (b) => b.onResolve({ filter: /^playwright-core$/ }, () => ({ path: './playwright/index.js', external: true })),
};

const bundles = [
  // Functions are sent to the page as their text: a name that esbuild keeps by a call of its own helper would be unknown there.
  { ...forNode, entryPoints: { jobRunner: 'src/jobs/runner/main.ts' }, outdir: 'dist', keepNames: false, plugins: [besideIt] },
  // sql.js stays the two files it is: the wasm is checked by its hash, and the loader beside it is read as it is.
  { ...forNode, entryPoints: { storage: 'src/storage/worker.ts', mcpStdio: 'src/composeStdio.ts' }, outdir: 'dist', external: ['sql.js'] },
  page,
];

/**
 * The host in pieces: VS Code compiles the whole file at activation, so it must not hold what only a click needs. esbuild splits ES modules
 * only, and the extension host of the oldest VS Code loads CommonJS: each piece is rewritten in a second step.
 */
const pieces = from('out/host');
const host = {
  ...forNode,
  entryPoints: { extension: 'src/extension.ts' },
  outdir: pieces,
  external: ['vscode'],
  format: 'esm',
  splitting: true,
  chunkNames: 'host-[hash]',
  minify: false,
  keepNames: false,
  sourcemap: production ? false : 'inline',
};

/** The pieces are named after their content: those of an earlier build would stay. */
function removePieces(folder) {
  for (const file of fs.existsSync(folder) ? fs.readdirSync(folder) : [])
    if (/^host-.*\.c?js(\.map)?$/.test(file)) fs.rmSync(path.join(folder, file));
}

/** The pieces that one imports without waiting, and what those import. */
function neededAtOnce(outputs, file, found = new Set()) {
  const imports = outputs[file].imports.filter(({ path: to, kind }) => kind === 'import-statement' && to in outputs && !found.has(to));
  for (const { path: to } of imports) neededAtOnce(outputs, to, found.add(to));
  return found;
}

/** The others stay files of their own. */
const later = {
  name: 'later',
  setup: (b) => b.onResolve({ filter: /^\.\/host-/ }, (a) => (a.kind === 'dynamic-import' ? { external: true } : null)),
};

/** `.cjs`, because vsce takes every `.js` file for one that is loaded at the start, and says that there are too many. */
const asCjs = (text, joined) =>
  text.replace(/require\("\.\/(host-[A-Z0-9]{8})\.js"\)/g, (_, name) =>
    joined.includes(name) ? `require("./extension.js").pieces["${name}"]` : `require("./${name}.cjs")`,
  );

/** What activation needs becomes one file again: VS Code asks its own questions of every file that is loaded, a millisecond each. */
async function rewritePieces({ metafile: { outputs } }) {
  removePieces(dist());
  const entry = 'out/host/extension.js';
  const joined = [...neededAtOnce(outputs, entry)].map((file) => path.basename(file, '.js'));
  const contents = [
    'export * from "./extension.js";',
    ...joined.map((name, index) => `import * as p${index} from "./${name}.js";`),
    `export const pieces = {${joined.map((name, index) => `"${name}": p${index}`).join()}};`,
  ].join('\n');
  const rest = Object.keys(outputs).filter((file) => file !== entry && !joined.includes(path.basename(file, '.js')));
  const rewriting = { ...forNode, outdir: 'dist', supported: { 'dynamic-import': false }, write: false };
  const built = await Promise.all([
    build({ ...rewriting, stdin: { contents, resolveDir: pieces }, entryNames: 'extension', external: ['vscode'], plugins: [later] }),
    build({ ...rewriting, entryPoints: rest.map((file) => from(file)), bundle: false }),
  ]);
  for (const { path: file, text } of built.flatMap(({ outputFiles }) => outputFiles)) {
    const isPiece = path.basename(file).startsWith('host-');
    fs.writeFileSync(isPiece ? file.replace(/\.js$/, '.cjs') : file, file.endsWith('.js') ? asCjs(text, joined) : text);
  }
}

async function buildHost() {
  removePieces(pieces);
  const split = await build(host);
  await rewritePieces(split);
  return split;
}

function testBundles() {
  const all = fs
    .readdirSync(from('test'), { recursive: true })
    .filter((file) => /\.(test|process)\.tsx?$/.test(file) && !file.startsWith('bench'))
    .map((file) => path.join('test', file));
  const ours = {
    ...forNode,
    minify: false,
    keepNames: false,
    sourcemap: true,
    packages: 'external',
    outdir: 'out/test',
    outbase: 'test',
    outExtension: { '.js': '.cjs' },
    loader: { '.css': 'empty' },
  };
  // Tests of the host run in the extension host, where packages of ours are not at hand.
  const inHost = all.filter((file) => file.startsWith(path.join('test', 'host')));
  return [
    { ...ours, entryPoints: all.filter((file) => !inHost.includes(file)) },
    { ...ours, entryPoints: [...inHost, 'test/rig/hostSuite.ts'], packages: 'bundle', external: ['vscode'] },
    // A coverage run shows this page: what is minified has no lines to count.
    { ...page, outdir: 'out/page', minify: false },
  ];
}

/** Writes only what changed, so that watchers and incremental compilers stay quiet. */
function write(file, content) {
  if (fs.existsSync(file) && fs.readFileSync(file).equals(Buffer.from(content))) return;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
}

// ---- contributions.generated.ts

/** TypeScript's spelling of a setting's JSON schema. */
function typeOf(schema) {
  if (schema.enum) return schema.enum.map((value) => quote(value)).join(' | ');
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type })).join(' | ');
  switch (schema.type) {
    case 'boolean':
    case 'string':
    case 'null':
      return schema.type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return `readonly ${/[| ]/.test(typeOf(schema.items ?? {})) ? `(${typeOf(schema.items)})` : typeOf(schema.items ?? {})}[]`;
    case 'object': {
      const named = Object.entries(schema.properties ?? {}).map(([key, value]) => `readonly ${quote(key)}?: ${typeOf(value)}`);
      if (named.length > 0) return `{ ${named.join('; ')} }`;
      return `Readonly<Record<string, ${schema.additionalProperties ? typeOf(schema.additionalProperties) : 'unknown'}>>`;
    }
    default:
      return 'unknown';
  }
}

const quote = (value) => (typeof value === 'string' ? `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'` : JSON.stringify(value));

/** The ids and settings that package.json declares, as TypeScript: a command that is missing or unknown does not compile. */
export async function contributionsSource(manifest) {
  const { commands = [], views = {}, configuration = [] } = manifest.contributes ?? {};
  const sections = [configuration].flat();
  const settings = Object.fromEntries(sections.flatMap((section) => Object.entries(section.properties ?? {})));
  const list = (name, type, ids) =>
    `export const ${name} = [${ids.map(quote).join(', ')}] as const;\nexport type ${type} = (typeof ${name})[number];\n`;
  const values = Object.entries(settings).map(([id, schema]) => `${quote(id)}: ${typeOf(schema)};\n`);
  const source = [
    '// Generated from package.json by esbuild.mjs; not to be edited.\n',
    list(
      'commandIds',
      'CommandId',
      commands.map((command) => command.command),
    ),
    list(
      'viewIds',
      'ViewId',
      Object.values(views)
        .flat()
        .map((view) => view.id),
    ),
    list('settingIds', 'SettingId', Object.keys(settings)),
    `/** What each setting holds, as its schema says; a user's file may hold anything. */\nexport interface SettingValues {${values.join('')}}\n`,
  ];
  return format(source.join('\n'), { ...(await resolveConfig(from('package.json'))), parser: 'typescript' });
}

async function generateContributions() {
  const manifest = JSON.parse(fs.readFileSync(from('package.json'), 'utf8'));
  write(from('src/host/contributions.generated.ts'), await contributionsSource(manifest));
}

// ---- texts

/**
 * The texts of the code as VS Code's bundle: those written in a call of `t`, and of the known ones those that reach it by a variable and
 * stand somewhere in the code.
 */
export function l10nBundle(sources, known) {
  const literal = /(?<![\w.])(?:vscode\.)?(?:l10n\.)?t\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g;
  const everything = sources.join('\n');
  const spoken = sources.flatMap((source) => [...source.matchAll(literal)].map((match) => match[2].replace(/\\(['"`\\])/g, '$1')));
  const passed = known.filter((text) => everything.includes(text) || everything.includes(text.replaceAll("'", "\\'")));
  const texts = [...new Set([...spoken, ...passed])].sort((a, b) => (a < b ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(texts.map((text) => [text, text])), null, 2)}\n`;
}

/** All code that runs in a window: `core` and `app` word what the host shows. */
export function l10nSources() {
  return ['src/core', 'src/app', 'src/host', 'src/webview', 'src/storage', 'src/protocol']
    .flatMap((folder) => fs.readdirSync(from(folder), { recursive: true }).map((file) => path.join(folder, file)))
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => fs.readFileSync(from(file), 'utf8'));
}

function generateL10n() {
  const file = from('l10n/bundle.l10n.json');
  write(file, l10nBundle(l10nSources(), Object.keys(JSON.parse(fs.readFileSync(file, 'utf8')))));
}

// ---- icons

/** The pages draw a score of the font's 600 icons: the subset is a twentieth of the font. */
async function codicons() {
  const files = ['board', 'agent', 'run', 'records'].map((name) => `src/webview/${name}/icons.ts`);
  const source = files.map((file) => fs.readFileSync(from(file), 'utf8')).join('\n');
  const lists = [...source.matchAll(/Icons = \[([^\]]*)\]/g)].map((match) => match[1]).join();
  const names = [...new Set([...lists.matchAll(/'([a-z][a-z0-9-]*)'/g)].map((match) => match[1]))].sort();
  const folder = from('node_modules/@vscode/codicons/dist');
  const css = fs.readFileSync(path.join(folder, 'codicon.css'), 'utf8');
  const rules = names.map((name) => {
    const code = new RegExp(`^\\.codicon-${name}:before \\{ content: "\\\\([0-9a-f]+)" \\}`, 'm').exec(css)?.[1];
    if (code === undefined) throw new Error(`${files.join(' or ')} names the icon "${name}", which @vscode/codicons has not.`);
    return { name, code };
  });
  const text = rules.map(({ code }) => String.fromCodePoint(parseInt(code, 16))).join('');
  write(dist('codicon.ttf'), await subsetFont(fs.readFileSync(path.join(folder, 'codicon.ttf')), text, { targetFormat: 'sfnt' }));
  write(
    dist('codicon.css'),
    [
      '/* Codicons, Microsoft Corporation, CC BY 4.0. Made by esbuild.mjs. */',
      '@font-face { font-family: "codicon"; font-display: block; src: url("./codicon.ttf") format("truetype"); }',
      '.codicon { font: normal normal normal 16px/1 codicon; display: inline-block; text-decoration: none; text-rendering: auto; text-align: center; -webkit-font-smoothing: antialiased; user-select: none; }',
      ...rules.map(({ name, code }) => `.codicon-${name}::before { content: "\\${code}"; }`),
      '',
    ].join('\n'),
  );
}

// ---- one build

async function prepare() {
  await generateContributions();
  generateL10n();
  fs.mkdirSync(dist(), { recursive: true });
  for (const file of ['sql-wasm.js', 'sql-wasm.wasm']) write(dist(file), fs.readFileSync(from('node_modules/sql.js/dist', file)));
  for (const file of playwrightFiles) write(dist('playwright', file), fs.readFileSync(from('node_modules/playwright-core', file)));
}

function report(results) {
  const metafile = {
    inputs: Object.assign({}, ...results.map((r) => r.metafile.inputs)),
    outputs: Object.assign({}, ...results.map((r) => r.metafile.outputs)),
  };
  write(from('out/meta.json'), JSON.stringify(metafile));
  write(dist('THIRD-PARTY-NOTICES.txt'), noticesText(metafile));
  const built = [...fs.readdirSync(dist()), ...playwrightFiles.map((file) => `playwright/${file}`)];
  for (const file of built.filter((name) => !name.endsWith('.map') && name !== 'playwright').sort((a, b) => (a < b ? -1 : 1))) {
    const content = fs.readFileSync(dist(file));
    const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`.padStart(10);
    console.log(`dist/${file.padEnd(24)}${kB(content.length)}${kB(gzipSync(content, { level: 9 }).length)} gzip`);
  }
}

/** Runs all builds even when one fails, so that all errors show at once; esbuild has printed them. */
async function buildAll(list) {
  const settled = await Promise.allSettled(list.map((options) => build(options)));
  if (settled.some((one) => one.status === 'rejected')) process.exitCode = 1;
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

async function once() {
  await prepare();
  if (production) for (const file of fs.readdirSync(dist()).filter((name) => name.endsWith('.map'))) fs.rmSync(dist(file));
  if (tests) fs.rmSync(from('out/test'), { recursive: true, force: true });
  const [split, results] = await Promise.all([buildHost(), buildAll(bundles), tests ? buildAll(testBundles()) : undefined, codicons()]);
  report([split, ...results]);
}

async function forever() {
  await prepare();
  await codicons();
  fs.watchFile(from('package.json'), { interval: 1000 }, () => void generateContributions());
  const say = { name: 'say', setup: (b) => b.onEnd((result) => console.log(`[watch] build finished, ${result.errors.length} errors`)) };
  const contexts = await Promise.all(
    [...bundles, ...(tests ? testBundles() : [])].map((options) => context({ ...options, plugins: [...(options.plugins ?? []), say] })),
  );
  const rewrite = { name: 'rewrite', setup: (b) => b.onEnd((result) => (result.errors.length === 0 ? rewritePieces(result) : undefined)) };
  contexts.push(await context({ ...host, plugins: [rewrite, say] }));
  await Promise.all(contexts.map((one) => one.watch()));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await (watch ? forever() : once());
