/** Everything the node and its processor say to each other. */

import type { ListeningOptions } from '../analysis/listening';
import type { Table } from '../dsp/tables';
import type { Model } from '../model/model';
import type { Metadata } from '../model/schema';
import type { Instrument } from '../play/instrument';
import type { MatchingSettings } from '../play/matching/options';
import type { PlayerData } from '../play/matching/player-data';
import type { Calibration } from '../play/matching/profile';
import type { NoteMode } from '../play/notes/note-mode';
import { VERSION } from '../version';

/** Holds the version, so that two releases of this package can play on one page. */
export const PROCESSOR_NAME = `ddsp-processor-${VERSION}`;
/** Raised when the messages change: a self-hosted worklet file of another release is then refused. */
export const PROTOCOL_VERSION = 10;

/** Where the worklet's file, run in a page, leaves what prepares instruments. */
export const PREPARATION = Symbol.for(`${PROCESSOR_NAME} preparation`);

export interface PreparationScope {
  [PREPARATION]?: WorkletPreparation;
}

export interface WorkletPreparation {
  /** the file's `PROTOCOL_VERSION` */
  readonly version: number;
  readModel(bytes: ArrayBuffer | Uint8Array): Model;
  /** @param module the compiled kernels */
  instrumentFor(
    model: Model,
    sampleRate: number,
    module: Promise<WebAssembly.Module>,
    hop?: number,
  ): Promise<Instrument>;
}

/** An instrument on its way to the audio thread. */
export interface InstrumentMessage {
  /** the same for every node that plays this instrument */
  readonly key: string;
  /** without its tensors, of which the tables are made */
  readonly model: Metadata;
  /** samples from frame to frame of the engine that plays it */
  readonly hop: number;
  /** null: an earlier node of the context has brought them */
  readonly tables: ReadonlyMap<string, Table> | null;
}

/** What the processor is constructed with. */
export interface ProcessorOptions {
  /** the kernel binary this host can run */
  readonly binary: BufferSource;
  readonly instrument: InstrumentMessage;
  /** for every model that is played */
  readonly listening: ListeningOptions;
  readonly matching: MatchingSettings;
  /** what is known of the player from an earlier time; null: nothing */
  readonly player: PlayerData | null;
  /** notes that may sound at a time; 0: it plays no notes */
  readonly voices: number;
  readonly mode: NoteMode;
}

/** What the processor keeps of the input until it is asked: analysed frames, and notes that began or ended. */
export type HeardEvent = 'analysis' | 'note';

/** Node to processor. */
export type Request =
  /**
   * play this model from now on, and lead `morph` to the other; answered by `ready`, `missing` or `error` with the
   * same id
   */
  | {
      readonly type: 'model';
      readonly id: number;
      readonly instrument: InstrumentMessage;
      /** at the same hop; null: none */
      readonly other: InstrumentMessage | null;
    }
  /** match like this from the next frame on */
  | { readonly type: 'matching'; readonly matching: MatchingSettings }
  /**
   * what is known of the player, after it was replaced (`data`; null: forgotten) or a calibration of so many seconds
   * has begun; answered by `player` with the same id
   */
  | {
      readonly type: 'player';
      readonly id: number;
      readonly data?: PlayerData | null;
      readonly calibrate?: number;
    }
  /** MIDI bytes, or one channel message with fractions; `time` in context seconds, null: now */
  | { readonly type: 'midi'; readonly bytes: ArrayLike<number>; readonly time: number | null }
  | {
      readonly type: 'note';
      readonly on: boolean;
      readonly note: number;
      readonly velocity: number;
      readonly time: number | null;
    }
  | { readonly type: 'allNotesOff'; readonly time: number | null }
  | { readonly type: 'panic' }
  /** fill `entries` from a log and send it back; the buffer travels, so that neither side makes garbage of it */
  | {
      readonly type: 'heard';
      readonly event: HeardEvent;
      readonly entries: Float64Array<ArrayBuffer>;
    }
  | { readonly type: 'dispose' };

/** What went wrong in the processor: the kernels did not compile, or the model cannot be played. */
export type Stage = 'kernels' | 'model';

/** Processor to node. Id 0 is the construction itself. */
export type Reply =
  /** `latency` and `tail` in samples */
  | { readonly type: 'ready'; readonly id: number; readonly latency: number; readonly tail: number }
  /** the instrument's tables are not there any more: send them */
  | { readonly type: 'missing'; readonly id: number }
  | {
      readonly type: 'player';
      readonly id: number;
      readonly player: PlayerData;
      readonly calibration: Calibration;
    }
  | { readonly type: 'error'; readonly id: number; readonly stage: Stage; readonly message: string }
  /** `count` entries, of FRAME_VALUES or NOTE_VALUES values: context time in seconds, then as the log has them */
  | {
      readonly type: 'heard';
      readonly event: HeardEvent;
      readonly entries: Float64Array<ArrayBuffer>;
      readonly count: number;
    };
