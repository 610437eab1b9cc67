/**
 * Notes by the rules of ddsp-vst (facts from its source): a linear ADSR times the velocity is the normalised loudness,
 * whose 0 to 1 stand for 80 dB; the pitch is the key's, without vibrato. Attack 0.1 s, sustain 1 and release 1.2 s are
 * its defaults.
 */

import type { Model } from '../../../src/model/model';
import { renderFrames } from '../../../src/play/render';
import type { ScaleNote } from './scale';

const RANGE = 80;
const ATTACK = 0.1;
const RELEASE = 1.2;

/** Normalised loudness 1 is the loudest that the model learned, its 95th percentile. */
export function adsrLoudness(
  velocity: number,
  { statistics: { loudness } }: Pick<Model, 'statistics'>,
): number {
  return loudness[2] + RANGE * (velocity / 127 - 1);
}

/** The velocity that this rule plays at a loudness. */
export function adsrVelocity(
  decibels: number,
  { statistics: { loudness } }: Pick<Model, 'statistics'>,
): number {
  return 127 * ((decibels - loudness[2]) / RANGE + 1);
}

/** Plays notes that do not overlap. @param velocityOf the velocity of a note */
export function playAdsr(
  model: Model,
  notes: readonly ScaleNote[],
  velocityOf: (note: ScaleNote) => number,
): Promise<Float32Array> {
  const frame = Math.round(model.sampleRate / model.frameRate) / model.sampleRate;
  const last = notes[notes.length - 1];
  const count = Math.ceil((last.time + last.duration + RELEASE) / frame);
  const f0 = new Float32Array(count);
  const loudness = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const now = (i + 0.5) * frame;
    const note = notes.findLast(({ time }) => time <= now) ?? notes[0];
    const age = now - note.time;
    const envelope = Math.max(Math.min(age / ATTACK, 1) - Math.max(age - note.duration, 0) / RELEASE, 0);
    f0[i] = 440 * 2 ** ((note.note - 69) / 12);
    loudness[i] = Math.max(adsrLoudness(velocityOf(note) * envelope, model), -80);
  }
  return renderFrames(model, { f0, loudness });
}
