/** The trackers that are compared, each on the same frames: H samples apart, W around (i + 1/2) H. */

import { PitchDetector } from 'pitchy';
import { analyseFrames } from '../../../src/analysis/track';
import type { AnalysisConfig } from '../../../src/model/model';
import type { PitchNetwork } from '../../../src/train/data/pitch/neural/network';
import { trackNeural } from '../../../src/train/data/pitch/neural/neural-track';
import { trackPath } from '../../../src/train/data/pitch/path-track';
import { trackPyin } from '../../../src/train/data/pitch/pyin';
import type { Estimate } from './score';

export interface FrameShape {
  /** Hz, of the audio */
  readonly sampleRate: number;
  /** frames a second */
  readonly frameRate: number;
  readonly analysis: AnalysisConfig;
}

export interface Tracker {
  readonly name: string;
  track(audio: Float32Array, shape: FrameShape): Promise<Estimate>;
}

/** What is found live, and in training where `data.f0.viterbi` is off. */
export const ours: Tracker = {
  name: 'ours, live',
  async track(audio, shape) {
    const count = Math.ceil(audio.length / Math.round(shape.sampleRate / shape.frameRate));
    const f0 = new Float64Array(count);
    const voiced = new Uint8Array(count);
    await analyseFrames(audio, shape, {}, (analyser, i) => {
      f0[i] = analyser.guess;
      voiced[i] = Number(analyser.f0 > 0);
    });
    return { f0, voiced };
  },
};

/** What training uses where `data.f0.viterbi` is on, as it is by default. */
export const viterbi: Tracker = {
  name: 'ours, Viterbi',
  track: (audio, shape) => trackPath(audio, shape),
};

const pyin: Tracker = { name: 'pYIN, offline', track: trackPyin };

/** What training uses where `data.f0.tracker` is `neural`. */
export function neural(network: PitchNetwork, viterbi: boolean): Tracker {
  return {
    name: `network${viterbi ? ', Viterbi' : ''}`,
    track: (audio, shape) => trackNeural(audio, shape, network, viterbi),
  };
}

interface Detection {
  /** Hz, 0 for none */
  readonly hz: number;
  readonly voiced: boolean;
}

type Detect = (window: Float32Array) => Detection;

/** @param prepare makes a detector, once a sound */
function windowed(name: string, prepare: (shape: FrameShape) => Detect): Tracker {
  return {
    name,
    async track(audio, shape) {
      const { sampleRate, frameRate, analysis } = shape;
      const hop = Math.round(sampleRate / frameRate);
      const length = analysis.window;
      const detect = prepare(shape);
      const count = Math.ceil(audio.length / hop);
      const f0 = new Float64Array(count);
      const voiced = new Uint8Array(count);
      const window = new Float32Array(length);
      for (let i = 0; i < count; i++) {
        const start = i * hop + (hop >> 1) - (length >> 1);
        for (let n = 0; n < length; n++) window[n] = audio[start + n] ?? 0;
        const { hz, voiced: said } = detect(window);
        const inRange = hz >= analysis.pitchMin && hz <= analysis.pitchMax;
        f0[i] = inRange ? hz : 0;
        voiced[i] = Number(said && inRange);
      }
      return { f0, voiced };
    },
  };
}

/** McLeod's method. A clarity below 0.9 counts as unvoiced. */
const pitchy = windowed('pitchy', ({ sampleRate, analysis }) => {
  const detector = PitchDetector.forFloat32Array(analysis.window);
  return (window) => {
    const [hz, clarity] = detector.findPitch(window, sampleRate);
    return { hz, voiced: clarity >= 0.9 };
  };
});

export const trackers: readonly Tracker[] = [ours, viterbi, pyin, pitchy];
