/** Chromium through playwright, behind the same face as the other browsers. */

import { launch, open } from '../support';
import type { TestBrowser, TestPage } from './page';

export async function launchChromium(microphone?: string): Promise<TestBrowser> {
  const browser = await launch(microphone);
  return {
    version: browser.version(),
    async open(url) {
      const page = await open(browser, url);
      const evaluate = ((code: string, argument: unknown) =>
        page.evaluate(code, argument)) as TestPage['evaluate'];
      return { evaluate, screenshot: () => page.screenshot(), close: () => page.close() };
    },
    close: () => browser.close(),
  };
}
