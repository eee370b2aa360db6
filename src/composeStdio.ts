import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { createApi } from './app/api.ts';
import type { Caller } from './app/api.ts';
import type { FileOperations } from './app/fileOperations.ts';
import { createFileOperations } from './app/fileOperations.ts';
import { createClaudeCatalog } from './app/folderCatalog.ts';
import type { Log, Store } from './app/ports.ts';
import { createProjectOperations } from './app/projectOperations.ts';
import type { ProjectRules } from './app/projectOperations.ts';
import { AppError } from './core/appError.ts';
import { freeWorkflow } from './core/workflow.ts';
import { workflowInSettings } from './core/settingsText.ts';
import { createFiles } from './files/diskFiles.ts';
import { lookAt } from './files/lookAt.ts';
import { findPlaces } from './files/places.ts';
import { untilFirstWrite } from './server/mcp/firstWrite.ts';
import { createMcpServer } from './server/mcp/mcpServer.ts';
import { storeNames } from './storage/names.ts';
import { openStore } from './storage/storeClient.ts';
import { Emitter } from './util/emitter.ts';

/**
 * The MCP server as a program: `node mcpStdio.js --folder DIR [--name NAME] [--tools core|all]`. It speaks MCP on stdin and stdout, and works with the tasks of the
 * folder whether VS Code is open or not: the process that holds the lock owns the database, the others work through it.
 */

/** Most time that closing takes, in milliseconds. */
const patience = 1800;

const say = (level: string) => (message: string, cause?: unknown) => {
  const reason = cause instanceof Error ? `: ${cause.stack ?? cause.message}` : '';
  process.stderr.write(`${level} ${message}${reason}\n`);
};
// stdout belongs to the protocol.
const log: Log = { debug: () => {}, info: say('info'), warn: say('warn'), error: say('error') };

function end(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

interface Arguments {
  folder: string;
  name: string;
  tools: 'core' | 'all';
}

function readArguments(): Arguments {
  const usage = 'Usage: node mcpStdio.js --folder DIR [--name NAME] [--tools core|all]';
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({ options: { folder: text, name: text, tools: text } });
    const { tools = 'core' } = values;
    if (tools !== 'core' && tools !== 'all') return end(`--tools is neither core nor all. ${usage}`);
    if (values.folder === undefined || values.folder === '') return end(`--folder is missing. ${usage}`);
    return { folder: values.folder, name: values.name?.trim() || 'mcp', tools };
  } catch (error) {
    return end(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

function realFolder(folder: string): string {
  try {
    const real = fs.realpathSync(folder);
    if (fs.statSync(real).isDirectory()) return real;
  } catch (error) {
    return end(`The folder ${folder} cannot be opened (${error instanceof Error ? error.message : String(error)}). Name one that exists.`);
  }
  return end(`${folder} is no folder. Name the folder of the project.`);
}

function readVersion(): string {
  try {
    const manifest: unknown = JSON.parse(fs.readFileSync(path.join(__dirname, '..', 'package.json'), 'utf8'));
    return String(Object(manifest).version);
  } catch {
    return 'unknown';
  }
}

/** The folder's own settings, read again when the file has changed. Those of the user are VS Code's to know. */
function createRules(folder: string): ProjectRules {
  const file = path.join(folder, '.vscode', 'settings.json');
  let known = { stamp: '', workflow: freeWorkflow };
  const readFile = () => {
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    const stamp = stat === undefined ? '' : `${stat.mtimeMs} ${stat.size}`;
    if (stamp === known.stamp) return known;
    return { stamp, workflow: stat === undefined ? freeWorkflow : workflowInSettings(fs.readFileSync(file, 'utf8')) };
  };
  return {
    read() {
      try {
        known = readFile();
      } catch (error) {
        const message = '.vscode/settings.json cannot be read, and with it the rules of the board. Make it readable.';
        throw new AppError('file.unreadable', message, { path: '.vscode/settings.json' }, error);
      }
      return known.workflow;
    },
    update: () =>
      Promise.reject(
        new AppError('api.notAvailable', 'The rules of the board are settings of VS Code. Change them there, or in .vscode/settings.json.'),
      ),
  };
}

function start(): void {
  const { folder: named, name, tools } = readArguments();
  const folder = realFolder(named);
  const caller: Caller = { actor: { kind: 'agent', name: name.slice(0, 200) }, scopes: ['read', 'write'] };
  const rules = createRules(folder);
  const opened = new Emitter<Store>();
  const closeStores: (() => Promise<unknown>)[] = [];
  let closeFiles = () => Promise.resolve();
  let own: Store | undefined;
  let empty: Store | undefined;

  function open(directory: string): Store {
    const store = openStore({ directory, workerFile: path.join(__dirname, 'storage.js'), assets: __dirname, actor: caller.actor, log });
    closeStores.push(() => store.close());
    return store;
  }

  async function folderStore(): Promise<Store> {
    const workflow = rules.read();
    const isNew = own === undefined;
    own ??= open(folder);
    own.setWorkflow(workflow);
    if (isNew) opened.fire(own);
    return own;
  }

  function emptyStore(): Promise<Store> {
    if (empty === undefined) {
      const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'claudetask-'));
      empty = open(directory);
      closeStores.push(() => fs.promises.rm(directory, { recursive: true, force: true, maxRetries: 3 }));
    }
    return Promise.resolve(empty);
  }

  let opening: Promise<FileOperations> | undefined;
  async function openFiles(): Promise<FileOperations> {
    const files = createFiles(log);
    const places = await findPlaces(folder);
    const history = {
      get store() {
        return own;
      },
      onDidOpen: opened.event,
      open: folderStore,
    };
    const catalog = createClaudeCatalog({ files, places, history, clock: { now: () => Date.now() }, log });
    closeFiles = async () => {
      await catalog.settled();
      catalog.dispose();
      await files.close();
    };
    return createFileOperations({ files, catalog, store: folderStore, log });
  }

  const project = createProjectOperations({ name: path.basename(folder), folder: folder.replaceAll(path.sep, '/'), rules, look: lookAt });
  const parts = { files: () => (opening ??= openFiles()), project };
  const api = untilFirstWrite({
    folder: createApi(path.basename(folder), { ...parts, store: folderStore }),
    empty: createApi(path.basename(folder), { ...parts, store: emptyStore }),
    exists: () => own !== undefined || fs.existsSync(storeNames(folder).database),
  });

  const version = readVersion();
  const connection = serveStdio(() => createMcpServer({ api, caller, tools, version, log }), {
    onerror: (error) => log.warn(`MCP: ${error.message}`),
  });

  let ending = false;
  function stop(): void {
    if (ending) return;
    ending = true;
    // What was acknowledged is on the disk already: a database that does not close in time loses nothing.
    setTimeout(() => process.exit(0), patience);
    void closeAll().then(() => process.exit(0));
  }
  async function closeAll(): Promise<void> {
    // The files before the database, which they bring their last versions to.
    for (const close of [() => connection.close(), closeFiles, ...closeStores])
      await close().catch((error: unknown) => log.error('Something did not close cleanly', error));
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  process.stdin.on('end', stop).on('close', stop);
  process.stdout.on('error', stop);
}

start();
