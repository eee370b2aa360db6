// What `vscode` is to the layers that may not import it: a module that exports nothing.
export {};
