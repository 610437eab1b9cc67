/** Turns what a browser reports into errors that say why, and what to do. */

import { DdspError, messageOf } from '../errors';
import type { Stage } from './protocol';

export function notAContext(value: unknown): DdspError {
  return new DdspError(
    'not-a-context',
    `DDSPNode needs a native AudioContext or OfflineAudioContext, not ${describe(value)}`,
    {
      remedy:
        'a context of standardized-audio-context takes the DDSPNode of `ddsp-worklet/standardized`, and Tone.js takes ' +
        'the DDSP of `ddsp-worklet/tone`',
    },
  );
}

export function closedContext(): DdspError {
  return new DdspError('context-closed', 'DDSPNode: this AudioContext is closed', {
    remedy: 'create a new one',
  });
}

export function noWorklet(): DdspError {
  return globalThis.isSecureContext === false
    ? new DdspError(
        'insecure-context',
        'DDSPNode: AudioWorklet is not available because this page is not a secure context',
        { remedy: 'serve it over https, or from localhost' },
      )
    : new DdspError('no-worklet', 'DDSPNode: this browser has no AudioWorklet. It is too old', {
        remedy: 'update it: Chrome 66, Firefox 76 and Safari 14.1 are the first with it',
      });
}

export function noSimd(): DdspError {
  return new DdspError('no-simd', 'DDSPNode: this browser has no WebAssembly SIMD. It is too old', {
    remedy: 'update it: Chrome 91, Firefox 89 and Safari 16.4 are the first with it',
  });
}

/** @param url the worklet's, when the page gave one; null: the built-in Blob */
export function moduleNotLoaded(url: string | null, cause: unknown): DdspError {
  const reason = messageOf(cause);
  return url
    ? new DdspError(
        'worklet-not-loaded',
        `DDSPNode: the worklet file ${url} could not be loaded (${reason})`,
        {
          cause,
          remedy:
            'it must exist, be served as JavaScript (text/javascript), be allowed by the page’s ' +
            'Content-Security-Policy (script-src), and, when it comes from another origin, carry CORS headers',
        },
      )
    : new DdspError(
        'worklet-not-loaded',
        `DDSPNode: the worklet could not be loaded from a blob: URL (${reason})`,
        {
          cause,
          remedy:
            'a Content-Security-Policy must allow `script-src blob:`, or pass `workletUrl`: the address where you serve ' +
            'the package’s ddsp-worklet/worklet file',
        },
      );
}

/** The module ran, or did not run to its end: the processor is not there. */
export function notRegistered(url: string | null, cause: unknown): DdspError {
  return new DdspError(
    'worklet-not-registered',
    `DDSPNode: ${url ?? 'the worklet module'} was loaded but did not register the processor (${messageOf(cause)})`,
    {
      cause,
      remedy: url
        ? 'serve the ddsp-worklet/worklet file of this release of the package'
        : 'its script failed',
    },
  );
}

/** @param version its `PROTOCOL_VERSION` */
export function otherRelease(version: unknown): DdspError {
  return new DdspError(
    'worklet-version',
    `DDSPNode: the file at workletUrl belongs to another release of this package (message version ${version})`,
    { remedy: 'serve the one that came with it' },
  );
}

/** @param message the browser's, empty where it keeps it */
export function processorFailed(message: string): DdspError {
  const what =
    'DDSPNode: the processor threw an error on the audio thread and is silent from now on' +
    (message ? ` (${message})` : '');
  return new DdspError('processor-failed', what, { remedy: 'dispose of the node and create another' });
}

export function noAnswer(seconds: number): DdspError {
  return new DdspError('no-answer', `DDSPNode: the processor did not answer within ${seconds} s`, {
    remedy: 'the audio thread is overloaded: close other tabs, or use a smaller model',
  });
}

export function noVoices(): DdspError {
  return new DdspError('no-voices', 'DDSPNode: this node plays no notes', {
    remedy: 'create it with voices, e.g. `DDSPNode.create(context, { model, voices: 8 })`',
  });
}

export function disposed(): DdspError {
  return new DdspError('disposed', 'DDSPNode: the node has been disposed');
}

/** A calibration in which nobody played. */
export function nothingHeard(): DdspError {
  return new DdspError('calibration', 'DDSPNode: hardly a note was heard during the calibration', {
    remedy: 'check the input, and sing or play one loud note',
  });
}

/** What the processor itself reported. */
export function setupFailed(stage: Stage, message: string): DdspError {
  // WebKit compiles what a policy forbids, and refuses when the first model is to run
  switch (/content.security.policy/i.test(message) ? 'kernels' : stage) {
    case 'kernels':
      return new DdspError(
        'kernels-not-compiled',
        `DDSPNode: the WebAssembly kernels could not be compiled (${message})`,
        { remedy: "a Content-Security-Policy must allow `script-src 'wasm-unsafe-eval'`" },
      );
    case 'model':
      return new DdspError('model-not-playable', `DDSPNode: this model cannot be played: ${message}`);
  }
}

/** A value that should have been a context. */
export function describe(value: unknown): string {
  if (value === null || typeof value !== 'object') return String(value);
  return `an object of class ${value.constructor?.name ?? 'unknown'}`;
}
