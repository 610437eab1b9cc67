/** Draws spectrograms: time to the right, logarithmic frequency upwards, level as colour. */

import { encode } from 'fast-png';
import { FftPlans } from '../../dsp/fft';
import type { TrainKernels } from '../../dsp/heap';
import { Heap, type Pointer } from '../../dsp/heap';
import { trainModule } from '../../dsp/train-module';
import { PowerSpectrogram } from '../learn/metrics/power-spectrogram';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** RGB, row by row from the top */
  readonly data: Uint8Array;
}

/** Lowest frequency, Hz; the highest is half the sample rate. */
export const LOWEST = 50;
const HEIGHT = 200;
const COLUMNS_PER_SECOND = 100;
/** Window length: long enough to separate the harmonics of low notes. */
const WINDOW_SECONDS = 0.07;
/** Range from the brightest to the darkest colour, dB. */
const RANGE = 80;
/** Power floor, far below the displayed range. */
const NOTHING = 1e-20;

/** Colour stops (RGB) from dark to bright, evenly spaced in lightness. */
const STOPS = [
  [4, 5, 22],
  [40, 17, 89],
  [96, 24, 128],
  [152, 45, 128],
  [212, 72, 108],
  [246, 124, 92],
  [254, 187, 129],
  [252, 251, 196],
] as const;

export class SpectrogramPainter {
  readonly #heap: Heap<TrainKernels>;
  readonly #spectrogram: PowerSpectrogram;
  readonly #size: number;
  readonly #frame: Pointer;
  readonly #powers: Pointer;

  private constructor(
    module: WebAssembly.Module,
    readonly sampleRate: number,
  ) {
    this.#heap = new Heap<TrainKernels>(module);
    const plans = FftPlans.of(this.#heap);
    const size = 2 ** Math.round(Math.log2(WINDOW_SECONDS * sampleRate));
    this.#size = size;
    this.#spectrogram = new PowerSpectrogram(this.#heap, plans, { length: size, size, hop: size });
    this.#frame = this.#heap.alloc(size);
    this.#powers = this.#heap.alloc(this.#spectrogram.stride);
    this.#heap.seal();
  }

  static async create(sampleRate: number): Promise<SpectrogramPainter> {
    return new SpectrogramPainter(await trainModule(), sampleRate);
  }

  /**
   * Paints sounds on the same scale: the brightest colour is the loudest point of the first sound.
   */
  paint(sounds: readonly Float32Array[]): Picture[] {
    const levels = sounds.map((sound) => this.#levels(sound));
    const top = levels[0].reduce((highest, level) => Math.max(highest, level), -RANGE);
    return levels.map((values) => {
      const width = values.length / HEIGHT;
      const data = new Uint8Array(3 * values.length);
      values.forEach((level, i) => {
        data.set(colour(1 + (level - top) / RANGE), 3 * i);
      });
      return { width, height: HEIGHT, data };
    });
  }

  /** dB, row by row from the top. */
  #levels(sound: Float32Array): Float32Array {
    const { bins } = this.#spectrogram;
    const hop = this.sampleRate / COLUMNS_PER_SECOND;
    const width = Math.max(1, Math.floor(sound.length / hop));
    const levels = new Float32Array(width * HEIGHT);
    const frame = this.#heap.view(this.#frame, this.#size);
    const powers = this.#heap.view(this.#powers, bins);
    const edges = this.#edges();
    for (let column = 0; column < width; column++) {
      const start = Math.round((column + 0.5) * hop) - this.#size / 2;
      frame.fill(0);
      frame.set(sound.subarray(Math.max(0, start), start + this.#size), Math.max(0, -start));
      this.#spectrogram.compute(this.#powers, this.#frame);
      for (let row = 0; row < HEIGHT; row++) {
        const power = strongest(powers, edges[row + 1], edges[row]);
        // NaN is shown as silence
        levels[row * width + column] = 10 * Math.log10(power > NOTHING ? power : NOTHING);
      }
    }
    return levels;
  }

  /** Upper edge of each row in bins; the last value is the lower edge of the picture. */
  #edges(): Float64Array {
    const octaves = Math.log2(this.sampleRate / 2 / LOWEST);
    return Float64Array.from(
      { length: HEIGHT + 1 },
      (_, row) => (LOWEST * 2 ** (octaves * (1 - row / HEIGHT)) * this.#size) / this.sampleRate,
    );
  }
}

/** Returns a PNG file. */
export function encodePng({ width, height, data }: Picture): Uint8Array {
  return encode({ width, height, data, channels: 3, depth: 8 });
}

/** The strongest bin of a row; interpolated when the row is narrower than a bin. */
function strongest(powers: Float32Array, low: number, high: number): number {
  const first = Math.ceil(low);
  const last = Math.min(Math.floor(high), powers.length - 1);
  if (first > last) {
    const middle = (low + high) / 2;
    const bin = Math.floor(middle);
    return powers[bin] + (middle - bin) * (powers[bin + 1] - powers[bin]);
  }
  let most = powers[first];
  for (let bin = first + 1; bin <= last; bin++) most = Math.max(most, powers[bin]);
  return most;
}

/** @param level 0 (dark) to 1 (bright) */
function colour(level: number): number[] {
  const at = Math.min(1, Math.max(0, level)) * (STOPS.length - 1);
  const stop = Math.min(Math.floor(at), STOPS.length - 2);
  return STOPS[stop].map((from, channel) =>
    Math.round(from + (at - stop) * (STOPS[stop + 1][channel] - from)),
  );
}
