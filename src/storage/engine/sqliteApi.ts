/** The C functions of SQLite that sql.js exports and we call. Pointers are numbers. */
export interface SqliteApi {
  open(name: number, ppDb: number): number;
  close_v2(db: number): number;
  prepare_v2(db: number, sql: number, bytes: number, ppStatement: number, ppTail: number): number;
  step(statement: number): number;
  reset(statement: number): number;
  finalize(statement: number): number;
  clear_bindings(statement: number): number;
  bind_text(statement: number, index: number, pointer: number, bytes: number, destructor: number): number;
  bind_blob(statement: number, index: number, pointer: number, bytes: number, destructor: number): number;
  bind_double(statement: number, index: number, value: number): number;
  bind_int(statement: number, index: number, value: number): number;
  column_count(statement: number): number;
  column_type(statement: number, column: number): number;
  column_double(statement: number, column: number): number;
  column_text(statement: number, column: number): number;
  column_blob(statement: number, column: number): number;
  column_bytes(statement: number, column: number): number;
  column_name(statement: number, column: number): number;
  changes(db: number): number;
  errmsg(db: number): number;
  malloc(bytes: number): number;
  free(pointer: number): void;
}

const names = [
  'open',
  'close_v2',
  'prepare_v2',
  'step',
  'reset',
  'finalize',
  'clear_bindings',
  'bind_text',
  'bind_blob',
  'bind_double',
  'bind_int',
  'column_count',
  'column_type',
  'column_double',
  'column_text',
  'column_blob',
  'column_bytes',
  'column_name',
  'changes',
  'errmsg',
] as const satisfies readonly (keyof SqliteApi)[];

/** Takes the functions from the loaded module, or answers the name of the first that is missing. */
export function pickSqliteApi(module: object): SqliteApi | { missing: string } {
  const exported: Record<string, string> = { malloc: '_malloc', free: '_free' };
  for (const name of names) exported[name] = `_sqlite3_${name}`;
  const api: Record<string, unknown> = {};
  for (const [name, exportName] of Object.entries(exported)) {
    const found: unknown = Reflect.get(module, exportName);
    if (typeof found !== 'function') return { missing: exportName };
    api[name] = found;
  }
  return isComplete(api) ? api : { missing: 'unknown' };
}

// The signatures are pinned by the hash of the file they come from.
function isComplete(api: Record<string, unknown>): api is Record<string, unknown> & SqliteApi {
  return [...names, 'malloc', 'free'].every((name) => typeof api[name] === 'function');
}
