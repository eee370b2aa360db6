/** Asks again and again until the answer is truthy, and gives it; fails after `timeout` milliseconds and says what it waited for. */
export async function eventually<T>(what: string, ask: () => T | Promise<T>, timeout = 15_000, pause = 50): Promise<T & {}> {
  let last: unknown;
  for (const end = Date.now() + timeout; Date.now() < end;) {
    try {
      const value = await ask();
      if (value) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  throw new Error(`waited ${timeout} ms in vain: ${what}`, { cause: last });
}
