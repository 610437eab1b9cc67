/** What trackers are judged on: sounds, and what pitch they have at every moment. */

export type Group =
  | 'sung'
  | 'played'
  | 'steady'
  | 'vibrato'
  | 'glide'
  | 'noise'
  | 'reverb'
  | 'melody'
  | 'unpitched';

export interface Material {
  readonly name: string;
  readonly group: Group;
  /** Hz */
  readonly sampleRate: number;
  /** mono */
  readonly audio: Float32Array;
  /**
   * The pitch at a moment in seconds, sample n lying at n / sampleRate: Hz, 0 where nothing pitched sounds,
   * NaN where that cannot be said and no tracker is judged.
   */
  readonly truth: (seconds: number) => number;
}

/** What is true of each frame: frame i is centred on (i + 1/2) hop. */
export function frameTruth({ audio, sampleRate, truth }: Material, hop: number): Float64Array {
  return Float64Array.from({ length: Math.ceil(audio.length / hop) }, (_, i) =>
    truth(((i + 0.5) * hop) / sampleRate),
  );
}
