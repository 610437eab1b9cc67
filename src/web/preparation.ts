/** Reading models and preparing instruments, with the code that the worklet's file brings. */

import { playModule } from '../dsp/play-module';
import { DdspError, OptionError } from '../errors';
import { ModelError } from '../model/errors';
import type { Model } from '../model/model';
import type { Instrument } from '../play/instrument';
import { notRegistered, otherRelease, setupFailed } from './failures';
import { PREPARATION, PROTOCOL_VERSION, type PreparationScope, type WorkletPreparation } from './protocol';
import { withWorkletUrl } from './worklet-module';

export interface Preparation {
  /** @throws ModelError */
  readModel(bytes: ArrayBuffer | Uint8Array): Model;
  /**
   * @param hop of the engine that plays it; default: the model's own
   * @throws (rejects with) DdspError where the kernels cannot be compiled or the model cannot be played
   */
  instrumentFor(model: Model, sampleRate: number, hop?: number): Promise<Instrument>;
}

/** One for each file: all nodes of a page share the instruments that it has prepared. */
const loaded = new Map<string | null, Promise<Preparation>>();

/**
 * @param url as `loadWorklet` has it, which has loaded the file into a context
 * @throws (rejects with) DdspError if the file is another, or of another release; another call tries again
 */
export function loadPreparation(url: string | null): Promise<Preparation> {
  const known = loaded.get(url);
  if (known) return known;
  const loading = runWorkletFile(url).then(ownErrors);
  loaded.set(url, loading);
  loading.catch(() => loaded.delete(url));
  return loading;
}

async function runWorkletFile(url: string | null): Promise<WorkletPreparation> {
  const scope = globalThis as PreparationScope;
  try {
    // bundlers must leave the address alone, which the page knows; rollup.config.mjs puts the comments back
    await withWorkletUrl(url, (address) => import(/* @vite-ignore */ /* webpackIgnore: true */ address));
  } catch (cause) {
    throw notRegistered(url, cause);
  }
  const preparation = scope[PREPARATION];
  delete scope[PREPARATION];
  if (!preparation) throw notRegistered(url, 'it is of another release');
  if (preparation.version !== PROTOCOL_VERSION) throw otherRelease(preparation.version);
  return preparation;
}

function ownErrors({ readModel, instrumentFor }: WorkletPreparation): Preparation {
  return {
    readModel(bytes) {
      try {
        return readModel(bytes);
      } catch (error) {
        throw ownError(error);
      }
    },
    async instrumentFor(model, sampleRate, hop) {
      try {
        return await instrumentFor(model, sampleRate, playModule(), hop);
      } catch (error) {
        throw error instanceof WebAssembly.CompileError
          ? setupFailed('kernels', error.message)
          : ownError(error);
      }
    },
  };
}

const CLASSES: Readonly<Record<string, { readonly prototype: Error }>> = { ModelError, OptionError };

/** An error of the worklet file's classes, as one of the classes that the page knows. */
function ownError(error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && 'remedy' in error)) return error;
  return Object.setPrototypeOf(error, (CLASSES[error.name] ?? DdspError).prototype);
}
