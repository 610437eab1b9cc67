/** Latency as heard: from a step in the input's pitch to the same step in the output's. */

import { playModule } from '../../src/dsp/play-module';
import type { ModelConfig } from '../../src/model/model';
import { Engine } from '../../src/play/engine';
import { Instrument } from '../../src/play/instrument';
import { UNMATCHED } from '../../src/play/matching/options';
import { hpn } from '../../src/synth/presets';
import { randomModel } from './configurations';

export interface LatencyReport {
  /** measured on a step of a semitone, mean of up and down: the estimate moves as the note does */
  readonly samples: number;
  /** on a step of a fourth: no estimate holds while the window has both notes, so the old one is held */
  readonly samplesOfFourth: number;
  /** what the engine (and the node) reports */
  readonly reported: number;
  readonly sampleRate: number;
}

/**
 * A model of one harmonic and no noise plays a sine, whose cycles tell its pitch at every moment. The
 * step lies where its output crosses the geometric mean of both pitches; the estimate leaves the old
 * pitch a little before or after the window's middle, hence a step up and a step down.
 */
export async function benchLatency(config: ModelConfig): Promise<LatencyReport> {
  const model = randomModel({ ...config, synth: hpn({ harmonics: 1, bands: 3 }) });
  const engine = new Engine(await playModule(), new Instrument(model, config.sampleRate));
  engine.controls.noise = 0;
  engine.matching = UNMATCHED;
  const measure = (from: number, to: number): number => {
    engine.reset();
    const { input, step } = pitchStep(config.sampleRate, from, to);
    const output = new Float32Array(input.length);
    engine.process(input, output, 0, input.length);
    return crossing(output, config.sampleRate, Math.sqrt(from * to), to > from) - step;
  };
  const both = (low: number, high: number) => (measure(low, high) + measure(high, low)) / 2;
  return {
    samples: both(440, 440 * 2 ** (1 / 12)),
    samplesOfFourth: both(330, 440),
    reported: engine.latency,
    sampleRate: config.sampleRate,
  };
}

function pitchStep(sampleRate: number, from: number, to: number): { input: Float32Array; step: number } {
  const input = new Float32Array(sampleRate);
  const step = sampleRate / 2;
  let phase = 0;
  for (let n = 0; n < input.length; n++) {
    phase = (phase + (n < step ? from : to) / sampleRate) % 1;
    for (let k = 1; k <= 6; k++) input[n] += (0.3 / k) * Math.sin(2 * Math.PI * k * phase);
  }
  return { input, step };
}

/** The last sample at which the sine's pitch, taken from its upward zero crossings, passes `pitch`. */
function crossing(output: Float32Array, sampleRate: number, pitch: number, rising: boolean): number {
  const zeros: number[] = [];
  for (let n = sampleRate / 4; n < output.length; n++) {
    if (output[n - 1] < 0 && output[n] >= 0) zeros.push(n - output[n] / (output[n] - output[n - 1]));
  }
  for (let i = zeros.length - 1; i > 1; i--) {
    const earlier = sampleRate / (zeros[i - 1] - zeros[i - 2]);
    const later = sampleRate / (zeros[i] - zeros[i - 1]);
    if (rising ? earlier < pitch && later >= pitch : earlier > pitch && later <= pitch) {
      const share = (pitch - earlier) / (later - earlier);
      const middle = (zeros[i - 1] + zeros[i - 2]) / 2;
      return middle + (share * (zeros[i] - zeros[i - 2])) / 2;
    }
  }
  throw new Error('the output never took the step');
}
