/** A Tone.js node that plays a learned instrument, by what it hears and by notes. */

import { type BaseContext, getContext, Param, ToneAudioNode, type Unit } from 'tone';
import { CONTROL_NAMES, CONTROLS, type ControlName } from '../../controls';
import { DdspError } from '../../errors';
import { checkNumber } from '../../options';
import type { ControlParams, DDSPNode, DDSPNodeOptions } from '../../web/ddsp-node';
import { describe } from '../../web/failures';
import { DDSPNode as NativeDDSPNode } from '../../web/native';
import { DDSPNode as StandardizedDDSPNode } from '../standardized/ddsp-node';

export interface DDSPOptions extends DDSPNodeOptions {
  /** default: the one of `Tone.getContext()` */
  readonly context?: BaseContext;
}

const VELOCITY = { minimum: 0, maximum: 1 };
/** of MIDI note numbers: a note off must find its note, however each was written */
const STEPS_PER_SEMITONE = 10_000;

const Base = ToneAudioNode as unknown as abstract new (options: {
  readonly context: BaseContext;
}) => ToneAudioNode & ControlParams<Param<'number'>>;

/**
 * One input (averaged to mono), one mono output, and a `Tone.Param` for each control. Create it with
 * {@link DDSP.create}. Notes need the option `voices`; they are heard one hop (10 ms for a model of 100 frames per
 * second) after their time, exact to the sample.
 */
export class DDSP extends Base {
  readonly name: string = 'DDSP';
  readonly input: AudioNode;
  readonly output: AudioNode;
  /** for everything that is not of Tone.js: `setModel`, `latency`, `player`, events ... */
  readonly node: DDSPNode;

  /**
   * Loads the model and the worklet, and resolves when it can play.
   *
   * @throws (rejects with) a DdspError that says why and what to do; nothing is left behind then
   */
  static async create(options: DDSPOptions): Promise<DDSP> {
    const { context = getContext(), ...rest } = options;
    return new DDSP(context, await createNode(context, rest));
  }

  private constructor(context: BaseContext, node: DDSPNode) {
    super({ context });
    this.node = this.input = this.output = node;
    for (const name of CONTROL_NAMES) {
      const { minimum: minValue, maximum: maxValue } = CONTROLS[name];
      (this as Record<ControlName, Param<'number'>>)[name] = new Param({
        ...{ context, param: node[name], units: 'number' as const },
        ...{ minValue, maxValue },
      });
    }
  }

  /**
   * Begins one note or several.
   * @param notes such as `'C4'`, or Hz
   * @param time default: now, as Tone.js has it (with its look-ahead)
   * @param velocity 0 (the softest that the model learned) to 1 (the loudest); default 1
   * @throws OptionError for a value out of range; DdspError `no-voices` if it was created without voices
   */
  triggerAttack(notes: Unit.Frequency | Unit.Frequency[], time?: Unit.Time, velocity = 1): this {
    const midi = 1 + 126 * checkNumber('velocity', velocity, VELOCITY);
    const seconds = this.toSeconds(time);
    for (const note of [notes].flat()) this.node.noteOn(this.#noteNumber(note), midi, seconds);
    return this;
  }

  /** Releases one note or several. */
  triggerRelease(notes: Unit.Frequency | Unit.Frequency[], time?: Unit.Time): this {
    const seconds = this.toSeconds(time);
    for (const note of [notes].flat()) this.node.noteOff(this.#noteNumber(note), seconds);
    return this;
  }

  /** Begins one note or several, and releases them after `duration`. */
  triggerAttackRelease(
    notes: Unit.Frequency | Unit.Frequency[],
    duration: Unit.Time,
    time?: Unit.Time,
    velocity = 1,
  ): this {
    const seconds = this.toSeconds(time);
    return this.triggerAttack(notes, seconds, velocity).triggerRelease(
      notes,
      seconds + this.toSeconds(duration),
    );
  }

  /** Releases all notes. */
  releaseAll(time?: Unit.Time): this {
    this.node.allNotesOff(this.toSeconds(time));
    return this;
  }

  override dispose(): this {
    super.dispose();
    for (const name of CONTROL_NAMES) this[name].dispose();
    this.node.dispose();
    return this;
  }

  /** @returns MIDI note number, with fractions */
  #noteNumber(note: Unit.Frequency): number {
    const number = 69 + 12 * Math.log2(this.toFrequency(note) / 440);
    return Math.round(STEPS_PER_SEMITONE * number) / STEPS_PER_SEMITONE;
  }
}

/** In a context that Tone.js made, or in a native one that it was given. Tone.js types both as native. */
function createNode(context: BaseContext, options: DDSPNodeOptions): Promise<DDSPNode> {
  const { rawContext } = context;
  if (!rawContext) {
    throw new DdspError('not-a-context', `DDSP needs a context of Tone.js, not ${describe(context)}`, {
      remedy: 'leave it out, or pass `Tone.getContext()`',
    });
  }
  const isNative = globalThis.BaseAudioContext && rawContext instanceof BaseAudioContext;
  const { create } = isNative ? NativeDDSPNode : (StandardizedDDSPNode as unknown as typeof NativeDDSPNode);
  return create(rawContext, options);
}
