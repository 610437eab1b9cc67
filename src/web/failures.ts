/** Turns what a browser reports into errors that say why, and what to do. */

import { messageOf } from '../errors';
import type { Stage } from './protocol';

export function notAContext(value: unknown): Error {
  const what = value === null || typeof value !== 'object' ? String(value) : describe(value);
  return new TypeError(
    `DDSPNode needs a native AudioContext or OfflineAudioContext, not ${what}. Libraries that wrap the context ` +
      '(Tone.js, standardized-audio-context) keep the native one inside: pass that, e.g. `Tone.getContext()' +
      '.rawContext._nativeContext`, or create a native AudioContext and hand it to the library.',
  );
}

export function closedContext(): Error {
  return new Error('DDSPNode: this AudioContext is closed. Create a new one.');
}

export function noWorklet(): Error {
  return globalThis.isSecureContext === false
    ? new Error(
        'DDSPNode: AudioWorklet is not available because this page is not a secure context. ' +
          'Serve it over https, or from localhost.',
      )
    : new Error(
        'DDSPNode: this browser has no AudioWorklet. It is too old: update it. Chrome 66, Firefox 76 and Safari 14.1 ' +
          'are the first with it.',
      );
}

export function noSimd(): Error {
  return new Error(
    'DDSPNode: this browser has no WebAssembly SIMD. It is too old: update it. Chrome 91, Firefox 89 and Safari 16.4 ' +
      'are the first with it.',
  );
}

/** @param url the worklet's, when the page gave one; null: the built-in Blob */
export function moduleNotLoaded(url: string | null, cause: unknown): Error {
  const what = url
    ? `DDSPNode: the worklet file ${url} could not be loaded. It must exist, be served as JavaScript ` +
      '(text/javascript), be allowed by the page’s Content-Security-Policy (script-src), and, when it ' +
      'comes from another origin, carry CORS headers.'
    : 'DDSPNode: the worklet could not be loaded from a blob: URL. A Content-Security-Policy must allow ' +
      '`script-src blob:`, or pass `workletUrl`: the address where you serve the package’s ddsp-worklet/worklet file.';
  return new Error(`${what} (${messageOf(cause)})`, { cause });
}

/** The module ran, or did not run to its end: the processor is not there. */
export function notRegistered(url: string | null, cause: unknown): Error {
  return new Error(
    `DDSPNode: ${url ?? 'the worklet module'} was loaded but did not register the processor. ` +
      `${url ? 'Is it the worklet file of this package?' : 'Its script failed.'} (${messageOf(cause)})`,
    { cause },
  );
}

/** @param message the browser's, '' where it keeps it */
export function processorFailed(message: string): Error {
  const what =
    'DDSPNode: the processor threw an error on the audio thread and is silent from now on. Dispose of the node and ' +
    'create another.';
  return new Error(message ? `${what} (${message})` : what);
}

export function noAnswer(seconds: number): Error {
  return new Error(
    `DDSPNode: the processor did not answer within ${seconds} s. The audio thread is overloaded, or the ` +
      'AudioContext was closed.',
  );
}

export function disposed(): Error {
  return new Error('DDSPNode: the node has been disposed.');
}

/** What the processor itself reported. */
export function setupFailed(stage: Stage, message: string): Error {
  // WebKit compiles what a policy forbids, and refuses when the first model is to run
  switch (/content.security.policy/i.test(message) ? 'kernels' : stage) {
    case 'version':
      return new Error(
        'DDSPNode: the file at workletUrl belongs to another release of this package. Serve the one that ' +
          `came with it. (message version ${message})`,
      );
    case 'kernels':
      return new Error(
        'DDSPNode: the WebAssembly kernels could not be compiled. A Content-Security-Policy must allow ' +
          `\`script-src 'wasm-unsafe-eval'\`. (${message})`,
      );
    case 'model':
      return new Error(`DDSPNode: this model cannot be played: ${message}`);
  }
}

function describe(value: object): string {
  return `an object of class ${value.constructor?.name ?? 'unknown'}`;
}
