/** Everything the node and its processor say to each other. */

import type { ListeningOptions } from '../analysis/listening';
import type { Table } from '../dsp/heap';
import type { Metadata } from '../model/schema';
import type { MatchingSettings } from '../play/matching/options';

export const PROCESSOR_NAME = 'ddsp-processor';
/** Raised when the messages change: a self-hosted worklet file of another release is then refused. */
export const PROTOCOL_VERSION = 5;

/** What the processor is constructed with. */
export interface ProcessorOptions {
  readonly version: number;
  /** the kernel binary this host can run */
  readonly binary: BufferSource;
  /** without its tensors, of which the tables are made */
  readonly model: Metadata;
  /** computed on the page's main thread, so that the audio thread need not (`EngineOptions.tables`) */
  readonly tables: Table[];
  /** for every model that is played */
  readonly listening: ListeningOptions;
  readonly matching: MatchingSettings;
}

/** Node to processor. */
export type Request =
  /** play this model from now on; answered by `ready` or `error` with the same id; the tables travel */
  | { readonly type: 'model'; readonly id: number; readonly model: Metadata; readonly tables: Table[] }
  /** match like this from the next frame on */
  | { readonly type: 'matching'; readonly matching: MatchingSettings }
  /** fill `frames` and send it back; the buffer travels, so that neither side makes garbage of it */
  | { readonly type: 'analysis'; readonly frames: Float64Array<ArrayBuffer> }
  | { readonly type: 'dispose' };

/** What went wrong in the processor: the kernels did not compile, or the model cannot be played. */
export type Stage = 'version' | 'kernels' | 'model';

/** Processor to node. Id 0 is the construction itself. */
export type Reply =
  /** `latency` and `tail` in samples */
  | { readonly type: 'ready'; readonly id: number; readonly latency: number; readonly tail: number }
  | { readonly type: 'error'; readonly id: number; readonly stage: Stage; readonly message: string }
  /** `count` frames of FRAME_VALUES values each: context time in seconds, then as FrameLog has them */
  | { readonly type: 'analysis'; readonly frames: Float64Array<ArrayBuffer>; readonly count: number };
