/** One sound played through one model from cold, with what was heard frame by frame. */

import { playModule } from '../../../../src/dsp/play-module';
import type { Model } from '../../../../src/model/model';
import { Engine } from '../../../../src/play/engine';
import { LOUDNESS } from '../../../../src/play/sources/source';
import { instrumentFor } from '../../../support/instruments';
import type { Sound } from '../sounds';

export interface Frame {
  /** Hz as heard, 0 = unvoiced */
  readonly f0: number;
  /** a note of the player's */
  readonly note: boolean;
  /** dB as heard, and after matching */
  readonly loudness: number;
  readonly matched: number;
}

export interface Played {
  /** frame i shows the samples [iH, (i + 1)H) of input and output */
  readonly frames: readonly Frame[];
  readonly hop: number;
  readonly sampleRate: number;
  readonly input: Float32Array;
  /** without the latency */
  readonly output: Float32Array;
}

/** @param gain dB that the sound is made louder by */
export async function play(model: Model, { audio, sampleRate }: Sound, gain = 0): Promise<Played> {
  const engine = new Engine(await playModule(), await instrumentFor(model, sampleRate));
  const { listener, hop, latency } = engine;
  const scale = 10 ** (gain / 20);
  const input = new Float32Array(audio.length + latency + hop);
  for (let i = 0; i < audio.length; i++) input[i] = scale * audio[i];
  const output = new Float32Array(input.length);
  const frames: Frame[] = [];
  for (let at = 0; at < input.length; ) {
    const count = Math.min(engine.untilBlock, input.length - at);
    const { blocks } = engine;
    engine.process(input, output, at, count);
    at += count;
    if (!listener || engine.blocks === blocks) continue;
    const { f0, note, loudness, values } = listener;
    frames.push({ f0, note, loudness, matched: values[LOUDNESS] });
  }
  const length = Math.floor(audio.length / hop);
  return {
    frames: frames.slice(0, length),
    hop,
    sampleRate,
    input: input.subarray(0, audio.length),
    output: output.slice(latency, latency + audio.length),
  };
}

/** dB: RMS of the samples between two times, seconds. */
export function level(samples: Float32Array, sampleRate: number, from: number, to: number): number {
  const start = Math.round(from * sampleRate);
  const end = Math.min(Math.round(to * sampleRate), samples.length);
  let sum = 1e-15;
  for (let i = start; i < end; i++) sum += samples[i] ** 2;
  return 10 * Math.log10(sum / (end - start));
}

/** Times in seconds, 0.1 s apart, at which a note sounds for 0.1 s. */
export function noteTimes({ frames, hop, sampleRate }: Played): number[] {
  const step = Math.round((0.1 * sampleRate) / hop);
  const times: number[] = [];
  for (let i = 0; i + step <= frames.length; i += step) {
    if (frames.slice(i, i + step).every(({ note }) => note)) times.push((i * hop) / sampleRate);
  }
  return times;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.round(share * (values.length - 1))];
}

export const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

/** Slope of the regression of y on x. */
export function slope(x: readonly number[], y: readonly number[]): number {
  const [mx, my] = [mean(x), mean(y)];
  return mean(x.map((value, i) => (value - mx) * (y[i] - my))) / mean(x.map((value) => (value - mx) ** 2));
}
