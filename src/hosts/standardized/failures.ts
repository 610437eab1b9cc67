/** What goes wrong in contexts of standardized-audio-context, and what to do. */

import { DdspError, messageOf } from '../../errors';
import { describe } from '../../web/failures';

export function foreignContext(value: unknown): DdspError {
  return new DdspError(
    'not-a-context',
    `DDSPNode of ddsp-worklet/standardized needs a context of standardized-audio-context, not ${describe(value)}`,
    {
      remedy:
        'a native context takes the DDSPNode of `ddsp-worklet`. If this is a context of standardized-audio-context, ' +
        'the page has two copies of that package: `npm ls standardized-audio-context` shows them, `npm dedupe` merges them',
    },
  );
}

/** @param url the worklet's, when the page gave one; null: the built-in Blob */
export function notLoaded(url: string | null, cause: unknown): DdspError {
  const what = url === null ? 'from a blob: URL' : `from ${url}`;
  const policy =
    'standardized-audio-context fetches the worklet and puts it into a Blob: a Content-Security-Policy must allow ' +
    `\`blob:\` in script-src, and ${url === null ? '`blob:`' : 'this address'} in connect-src. ` +
    'Under a stricter policy use a native AudioContext, the DDSPNode of `ddsp-worklet` and its `workletUrl`';
  return new DdspError(
    'worklet-not-loaded',
    `DDSPNode: standardized-audio-context could not load the worklet ${what} (${messageOf(cause)})`,
    { cause, remedy: url === null ? policy : `the file must exist; ${policy}` },
  );
}
