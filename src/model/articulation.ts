/**
 * How an instrument's notes begin, end, connect and vibrate, as learned from its recordings. Loudness is in dB relative
 * to the sustained note, pitch in cents relative to it; curves have one value per `step` seconds.
 */

export interface Attack {
  /** dB: the sustained loudness of the notes that this curve was learned from */
  readonly loudness: number;
  /** dB relative to the sustained note, from the onset on */
  readonly level: readonly number[];
  /** cents relative to the sustained note, from the onset on */
  readonly pitch: readonly number[];
}

export interface Vibrato {
  /** Hz */
  readonly rate: number;
  /** Hz: standard deviation from cycle to cycle */
  readonly rateDeviation: number;
  /** cents from the middle to a peak */
  readonly depth: number;
  /** cents: standard deviation from cycle to cycle */
  readonly depthDeviation: number;
  /** seconds from the onset to half of the depth */
  readonly delay: number;
}

export interface Articulation {
  /** seconds between two values of a curve */
  readonly step: number;
  /** how notes begin, softest first; at least one */
  readonly attacks: readonly Attack[];
  /** dB relative to the sustained note, from its end on; falls to silence */
  readonly release: readonly number[];
  readonly legato: {
    /** seconds that the pitch takes from one note to the next */
    readonly glide: number;
    /** dB by which loudness dips in between */
    readonly dip: number;
  };
  readonly vibrato: Vibrato;
}

/** Plain curves, for models that have learned none. */
export const PLAIN_ARTICULATION: Articulation = {
  step: 0.01,
  attacks: [{ loudness: -30, level: [-30, -18, -11, -6.5, -3.5, -1.5, -0.5, 0], pitch: [0] }],
  release: [0, -4, -9, -15, -22, -30, -40, -52, -66, -80],
  legato: { glide: 0.04, dip: 1 },
  vibrato: { rate: 5.5, rateDeviation: 0.2, depth: 0, depthDeviation: 0, delay: 0.4 },
};
