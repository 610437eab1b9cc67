/** The browsers that are tested here. */

import { findFirefox, findWebKit, missing, required } from '../find-browsers.mjs';
import { launchChromium } from './chromium';
import { launchFirefox } from './firefox';
import type { TestBrowser } from './page';
import { launchWebKit } from './webkit';

export interface BrowserUnderTest {
  readonly name: 'Chromium' | 'Firefox' | 'WebKit';
  launch(): Promise<TestBrowser>;
}

/**
 * For `describe.each`. Where one is missing, a line says so, or, with BROWSERS=required, an error.
 *
 * @param microphone a WAV file that Chromium's microphone plays; Firefox's is a sine of FAKE_MICROPHONE Hz,
 *   WebKit's asks somebody who is not there
 */
export function browsersUnderTest(microphone?: string): BrowserUnderTest[] {
  const browsers: BrowserUnderTest[] = [{ name: 'Chromium', launch: () => launchChromium(microphone) }];
  const firefox = findFirefox();
  if (firefox) browsers.push({ name: 'Firefox', launch: () => launchFirefox(firefox) });
  else leaveOut('Firefox');
  const webkit = findWebKit();
  if (webkit) browsers.push({ name: 'WebKit', launch: () => launchWebKit(webkit) });
  else leaveOut('WebKit');
  return browsers;
}

function leaveOut(name: 'Firefox' | 'WebKit'): void {
  if (required) throw new Error(missing(name));
  console.warn(missing(name));
}
