// The part of the WebAssembly API used here: neither @types/node nor the ES libraries declare it, only the DOM library does.
declare namespace WebAssembly {
  type ImportValue = (...args: (number | bigint)[]) => number | bigint | void;
  type Imports = Record<string, Record<string, ImportValue>>;
  class Module {
    constructor(bytes: Uint8Array);
    static imports(module: Module): { module: string; name: string; kind: string }[];
  }
  class Memory {
    readonly buffer: ArrayBuffer;
  }
  class Instance {
    constructor(module: Module, imports: Imports);
    readonly exports: Record<string, unknown>;
  }
}
