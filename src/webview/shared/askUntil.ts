const firstPause = 2000;
const longestPause = 30_000;

/**
 * Asks, and asks again after a pause that doubles, until there is an answer. VS Code was seen to drop the message with which the host answers
 * a page that is just being brought in, while it told the host that the message was delivered.
 */
export function askUntil(isAnswered: () => boolean, ask: () => void): void {
  const again = (pause: number): void => {
    setTimeout(() => {
      if (isAnswered()) return;
      ask();
      again(Math.min(pause * 2, longestPause));
    }, pause);
  };
  ask();
  again(firstPause);
}
