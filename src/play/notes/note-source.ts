/**
 * Turns a note into frames of f0 and loudness. The curves are those of the model's articulation: the attack of loudness
 * and pitch, vibrato, the glide to the next note in legato, and the release.
 */

import { LOUDNESS_FLOOR } from '../../analysis/config';
import { CONTROL_INDEX } from '../../controls';
import { type Articulation, PLAIN_ARTICULATION } from '../../model/articulation';
import type { Statistics } from '../../model/model';
import type { FrameValues } from '../sources/frame-values';
import { F0, type FrameSource, LOUDNESS } from '../sources/source';
import { curveAt } from './curve';
import { velocityGain, velocityLoudness } from './velocity';
import { VibratoOscillator } from './vibrato';

/** Frequency of note 69, in Hz. */
const A4 = 440;
/** Range in dB by which pressure or expression change the loudness. */
const EXPRESSION_RANGE = 30;
/** Share of the loudness range that full pressure on a key adds. */
const KEY_PRESSURE = 0.5;
/** Cents of vibrato at a full modulation wheel. */
const WHEEL_DEPTH = 50;
/** A released note has ended when it is this many dB below the sustained note. */
const ENDED = 60;

/** The effect of a channel on its sounding notes. */
export interface Expression {
  /** semitones */
  readonly bend: number;
  /** 0..1, of the modulation wheel */
  readonly modulation: number;
  /** -1..1: loudness relative to that of the velocity, 0 = as played */
  readonly pressure: number;
  /** amplitude factor of the channel's volume, 1 by default */
  readonly gain: number;
  /** factor for the learned duration of glides, 1 by default */
  readonly glide: number;
}

export interface NoteContext {
  readonly articulation?: Articulation;
  readonly statistics: Statistics;
  readonly frame: FrameValues;
  /** seconds from frame to frame */
  readonly frameSeconds: number;
  /** values in the table's order, read at every frame */
  readonly controls: Float64Array;
  readonly seed: number;
}

export class NoteSource implements FrameSource {
  readonly values: Float64Array;
  /** MIDI note number, fractions allowed */
  note = 69;
  /** 1..127 */
  velocity = 64;
  /** the note has been told to end */
  released = false;
  /** the note has ended: nothing more will sound */
  finished = true;
  /** 0..1: pressure on this key alone (polyphonic aftertouch) */
  keyPressure = 0;
  /** dB, of the last frame */
  loudness = LOUDNESS_FLOOR;

  readonly #articulation: Articulation;
  readonly #statistics: Statistics;
  readonly #frameSeconds: number;
  readonly #controls: Float64Array;
  readonly #vibrato: VibratoOscillator;
  #expression: Expression | null = null;
  /** dB of the sustained note */
  #level = LOUDNESS_FLOOR;
  #attack = PLAIN_ARTICULATION.attacks[0];
  /** seconds since the onset, since the last legato step, and since the release */
  #age = 0;
  #sinceStep = 0;
  #sinceRelease = 0;
  /** MIDI note number from which the pitch glides to `note` */
  #from = 69;
  #glideSeconds = 0;
  /** the same note in an earlier engine; null: none */
  #before: NoteSource | null = null;

  constructor({ articulation, statistics, frame, frameSeconds, controls, seed }: NoteContext) {
    this.values = frame.create();
    this.#articulation = articulation ?? PLAIN_ARTICULATION;
    this.#statistics = statistics;
    this.#frameSeconds = frameSeconds;
    this.#controls = controls;
    this.#vibrato = new VibratoOscillator(this.#articulation.vibrato, seed);
  }

  get sounding(): boolean {
    return !this.finished;
  }

  get gain(): number {
    return (this.#expression?.gain ?? 1) * velocityGain(this.velocity);
  }

  /**
   * Audio thread. Begins a note.
   * @param expression of its channel; read at every frame
   * @param number of the note; the same number gives the same vibrato
   * @param glideFrom note number from which the pitch glides (portamento); NaN: none
   */
  begin(
    note: number,
    velocity: number,
    expression: Expression,
    number: number,
    glideFrom = Number.NaN,
  ): void {
    this.note = note;
    this.velocity = velocity;
    this.#expression = expression;
    this.#level = velocityLoudness(velocity, this.#statistics);
    this.#attack = this.#attackOf(this.#level);
    this.keyPressure = 0;
    this.#before = null;
    this.released = false;
    this.finished = false;
    // the first frame lies half a hop after the onset
    this.#age = -this.#frameSeconds / 2;
    this.#sinceRelease = 0;
    this.#vibrato.begin(number);
    this.#glide(Number.isFinite(glideFrom) ? glideFrom : note);
    this.#sinceStep = Number.isFinite(glideFrom) ? -this.#frameSeconds / 2 : Number.POSITIVE_INFINITY;
  }

  /** Audio thread. After `begin`: continues from this note's state in another engine. */
  follow(before: NoteSource): void {
    this.#before = before;
  }

  #takeOver(before: NoteSource): void {
    this.#age = before.#age;
    this.#sinceStep = before.#sinceStep;
    this.#from = before.#from;
    this.keyPressure = before.keyPressure;
    this.#vibrato.follow(before.#vibrato);
  }

  /** Audio thread. Changes to another note without a new attack. */
  step(note: number, velocity: number): void {
    const now = this.#pitch();
    this.note = note;
    this.velocity = velocity;
    this.#level = velocityLoudness(velocity, this.#statistics);
    this.released = false;
    this.#sinceRelease = 0;
    this.#sinceStep = 0;
    this.#glide(now);
  }

  /** Audio thread. */
  release(): void {
    if (this.released) return;
    this.released = true;
    this.#sinceRelease = 0;
  }

  next(): void {
    if (this.#before) this.#takeOver(this.#before);
    this.#before = null;
    const seconds = this.#frameSeconds;
    this.#age += seconds;
    this.#sinceStep += seconds;
    if (this.released) this.#sinceRelease += seconds;
    const { step, release, legato } = this.#articulation;
    const attack = this.#controls[CONTROL_INDEX.attack];
    const portamento = this.#controls[CONTROL_INDEX.portamento];
    const vibrato = this.#controls[CONTROL_INDEX.vibrato];
    const { bend, modulation, pressure } = this.#expression!;
    const scoop = attack * curveAt(this.#attack.pitch, step, this.#age);
    const shake = this.#vibrato.next(seconds, this.#age, vibrato, modulation * WHEEL_DEPTH);
    const semitones = this.#pitch() + bend + (scoop + shake) / 100;
    this.values[F0] = A4 * 2 ** ((semitones - 69) / 12);

    let level =
      this.#level +
      (pressure + KEY_PRESSURE * this.keyPressure) * EXPRESSION_RANGE +
      attack * curveAt(this.#attack.level, step, this.#age);
    if (this.#sinceStep < this.#glideSeconds) {
      level -= legato.dip * portamento * Math.sin((Math.PI * this.#sinceStep) / this.#glideSeconds);
    }
    if (this.released) {
      const fallen = curveAt(release, step, this.#sinceRelease);
      const beyond = Math.max(this.#sinceRelease - step * (release.length - 1), 0);
      level += fallen - (ENDED / 0.1) * beyond;
      this.finished = fallen - (ENDED / 0.1) * beyond < -ENDED;
    }
    this.loudness = Math.max(level, LOUDNESS_FLOOR);
    this.values[LOUDNESS] = this.loudness;
  }

  #glide(from: number): void {
    this.#from = from;
    const longer = this.#controls[CONTROL_INDEX.portamento] * (this.#expression?.glide ?? 1);
    this.#glideSeconds = this.#articulation.legato.glide * longer;
  }

  /** Pitch as a MIDI note number, without bend, vibrato and scoop. */
  #pitch(): number {
    if (!(this.#sinceStep < this.#glideSeconds)) return this.note;
    const share = Math.max(this.#sinceStep / this.#glideSeconds, 0);
    const eased = share * share * (3 - 2 * share);
    return this.#from + eased * (this.note - this.#from);
  }

  /** The attack learned from notes of about this loudness. */
  #attackOf(loudness: number) {
    const { attacks } = this.#articulation;
    let nearest = attacks[0];
    for (let i = 1; i < attacks.length; i++) {
      const each = attacks[i];
      if (Math.abs(each.loudness - loudness) < Math.abs(nearest.loudness - loudness)) nearest = each;
    }
    return nearest;
  }
}
