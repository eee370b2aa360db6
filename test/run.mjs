// npm test: everything, set-up included. node test/run.mjs [step …] runs only these steps; their order here is the order they run in.
// Works on a machine that has Node, npm and git and nothing else, so it imports nothing that `npm ci` brings.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureChromium, ensureSqlite } from './rig/ensurePrograms.mjs';
import { claudeUnavailable, installClaude } from './rig/installClaude.mjs';
import { installHost } from './rig/installHost.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const rawCoverage = path.join(root, 'out/coverage/raw');
const results = path.join(root, 'out/results');
/** Percent of the lines of src that tests must reach. */
const wantedCoverage = 80;

const order = ['types', 'lint', 'format', 'unit', 'adapter', 'webview', 'host', 'e2e', 'coverage'];
const suites = ['unit', 'adapter', 'webview', 'host', 'e2e'];
/** Suites of which two files run at once: one alone leaves a core idle half of the time. A window of VS Code takes both. */
const paired = ['unit', 'adapter', 'webview'];
/** Suites whose coverage counts: they run code with source maps. e2e runs the packaged, minified one. */
const covered = ['unit', 'adapter', 'webview', 'host'];
const inBrowser = ['webview', 'host', 'e2e'];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !order.includes(name));
if (unknown.length > 0) {
  console.error(`There is no step "${unknown.join(', ')}". The steps are: ${order.join(', ')}.`);
  process.exit(2);
}
const steps = order.filter((name) => asked.length === 0 || asked.includes(name));
const has = (names) => names.some((name) => steps.includes(name));

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;
const env = { ...process.env };
// Set by a test runner around us, it would make ours speak its protocol.
delete env.NODE_TEST_CONTEXT;

function run(command, args, more = {}) {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...env, ...more } }).status === 0;
}
const bin = (name) => path.join(root, 'node_modules/.bin', name);

let passed = 0;
let failed = 0;
const failures = [];

function gate(name, ok) {
  if (ok) return true;
  failed++;
  failures.push(name);
  return false;
}

function step(name, body) {
  console.log(`\n── ${name}`);
  const start = Date.now();
  const ok = gate(name, body());
  console.log(`── ${name} ${ok ? 'passed' : 'FAILED'} in ${seconds(start)}`);
  return ok;
}

/** Adds a suite's own count, as its TAP says. A suite that failed without saying which test counts as one. */
function count(name, ok) {
  const file = path.join(results, `${name}.tap`);
  const tap = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
  const sum = (word) => [...tap.matchAll(new RegExp(`^# ${word} (\\d+)$`, 'gm'))].reduce((total, match) => total + Number(match[1]), 0);
  passed += sum('pass');
  const bad = sum('fail') + sum('cancelled');
  failed += bad === 0 && !ok ? 1 : bad;
  if (!ok) failures.push(name);
}

/** Why each test of a suite failed, in its own words. A group that failed because of its tests says nothing more. */
function reasons(name) {
  const file = path.join(results, `${name}.tap`);
  const tap = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
  const blocks = tap.matchAll(/^ *not ok \d+ - (?<title>.*)\n *---\n(?<why>[^]*?)^ *\.\.\.$/gm);
  return [...blocks]
    .filter(({ groups }) => !/failureType: 'subtestsFailed'/.test(groups.why))
    .map(({ groups }) => `\n${name}: ${groups.title}\n${groups.why.split('\n').slice(0, 30).join('\n')}`);
}

function runSuite(name) {
  console.log(`\n── ${name}`);
  const start = Date.now();
  const tap = path.join(results, `${name}.tap`);
  fs.rmSync(tap, { force: true });
  const coverage = covered.includes(name) ? { NODE_V8_COVERAGE: rawCoverage } : {};
  const folder = path.join(root, 'out/test', name);
  const files = fs.existsSync(folder)
    ? fs
        .readdirSync(folder, { recursive: true })
        .filter((file) => file.endsWith('.test.cjs'))
        .map((file) => path.join(folder, file))
    : [];
  let ok = true;
  if (files.length === 0) console.log('no test files');
  else if (name === 'host') ok = run(process.execPath, [path.join(root, 'out/test/rig/hostTests.process.cjs'), tap], coverage);
  else {
    const reporters = [
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      '--test-reporter=tap',
      `--test-reporter-destination=${tap}`,
    ];
    const flags = [
      '--enable-source-maps',
      '--test',
      `--test-concurrency=${paired.includes(name) ? 2 : 1}`,
      '--test-timeout=300000',
      ...reporters,
    ];
    ok = run(process.execPath, [...flags, ...files], coverage);
  }
  if (files.length > 0) count(name, ok);
  console.log(`── ${name} ${ok ? 'passed' : 'FAILED'} in ${seconds(start)}`);
}

/** Node names the sources of a map by URL, which c8 does not find in the map again: it would call every line covered. */
function nameSourcesByPath() {
  for (const name of fs.readdirSync(rawCoverage)) {
    const file = path.join(rawCoverage, name);
    const raw = JSON.parse(fs.readFileSync(file, 'utf8'));
    for (const { data } of Object.values(raw['source-map-cache'] ?? {})) {
      if (data) data.sources = data.sources.map((source) => (source.startsWith('file:') ? fileURLToPath(source) : source));
    }
    fs.writeFileSync(file, JSON.stringify(raw));
  }
}

/** Prints what the tests reached, file by file, and fails below the bar. */
function reportCoverage() {
  nameSourcesByPath();
  const from = ['--temp-directory', rawCoverage, '--exclude-after-remap', '--include', 'src/**', '--exclude', '**/*.d.ts'];
  const to = ['--reporter', 'text', '--reporter', 'json-summary', '--reports-dir', 'out/coverage'];
  if (!run(bin('c8'), ['report', ...from, ...to])) return false;
  const { lines, functions } = JSON.parse(fs.readFileSync(path.join(root, 'out/coverage/coverage-summary.json'), 'utf8')).total;
  // Without functions the maps were not understood, and every line would count as covered.
  console.log(`Lines of src covered: ${lines.pct} % (at least ${wantedCoverage} % are wanted)`);
  return functions.total > 0 && lines.pct >= wantedCoverage;
}

/** vsce warns and goes on; a warning is a fault all the same. */
function packageWithoutWarning() {
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'package'], { cwd: root, env, encoding: 'utf8' });
  process.stdout.write(stdout + stderr);
  return status === 0 && !/^\s*WARNING/m.test(stdout + stderr);
}

const start = Date.now();
if (!fs.existsSync(path.join(root, 'node_modules/.package-lock.json'))) {
  console.log('Installing dependencies: npm ci');
  if (!run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])) process.exit(1);
}
if (has(inBrowser)) installHost();
if (has([...inBrowser, 'adapter'])) ensureChromium();
if (has(['adapter', 'e2e'])) ensureSqlite();
if (has(['adapter', 'e2e'])) {
  const reason = claudeUnavailable();
  if (reason === undefined) for (const version of ['latest', 'oldest']) installClaude(root, console.log, version);
  else console.log(`The tests that ask the real Claude CLI are skipped: ${reason}.`);
}
fs.mkdirSync(results, { recursive: true });
fs.rmSync(rawCoverage, { recursive: true, force: true });

if (has(suites)) {
  // First the package, which is what users get; then the same with source maps, so that coverage finds its way back.
  step('package', packageWithoutWarning);
  step('build', () => run(process.execPath, ['esbuild.mjs', '--tests']));
}
if (steps.includes('types')) step('types', () => run(bin('tsc'), ['-b']));
if (steps.includes('lint')) step('lint', () => run(bin('oxlint'), ['--type-aware', '--deny-warnings']));
if (steps.includes('format')) step('format', () => run(bin('prettier'), ['--check', '--log-level', 'warn', '.']));
for (const name of suites) if (steps.includes(name)) runSuite(name);
if (steps.includes('coverage') && fs.existsSync(rawCoverage)) step('coverage', reportCoverage);

// Again at the end, where a long log is read first.
for (const name of failures.filter((one) => suites.includes(one))) for (const reason of reasons(name)) console.log(reason);
console.log(`\n${seconds(start)}${failures.length > 0 ? `, failed: ${failures.join(', ')}` : ''}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
