/** Runs something once after so many milliseconds, unless it is disposed of before. */
export const timers = {
  after(milliseconds: number, run: () => void): { dispose(): void } {
    const timer = setTimeout(run, milliseconds);
    return { dispose: () => clearTimeout(timer) };
  },
};
