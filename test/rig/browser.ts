import { chromium, type Browser, type Page } from 'playwright-core';
import { findChromium } from './ensurePrograms.mjs';

export async function launchBrowser(): Promise<Browser & AsyncDisposable> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('There is no Chromium. Run "npm test" once, or name one in the CHROMIUM variable.');
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/**
 * A built VS Code ignores extensionDevelopmentPath and extensionTestsPath unless its smoke-test driver is on. This turns it on for one
 * page: as a server flag it would hide the notifications of every window. Not by `page.route`: Chromium treats a fulfilled page as
 * non-local and then blocks its socket to loopback.
 */
export async function allowDevelopment(page: Page): Promise<void> {
  await page.addInitScript(() => {
    if (window !== top) return;
    new MutationObserver((_, observer) => {
      const meta = document.getElementById('vscode-workbench-web-configuration');
      const settings = meta?.dataset['settings'];
      if (!meta || settings === undefined) return;
      observer.disconnect();
      const all = JSON.parse(settings) as { developmentOptions?: object };
      meta.dataset['settings'] = JSON.stringify({ ...all, developmentOptions: { ...all.developmentOptions, enableSmokeTestDriver: true } });
    }).observe(document, { childList: true, subtree: true });
  });
}
