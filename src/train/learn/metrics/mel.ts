/** Mel bands and cepstra in double precision, for measurements only. */

/** Triangular bands, each stored from its first nonzero bin. */
export interface MelBank {
  readonly bands: readonly { readonly first: number; readonly weights: Float64Array }[];
}

/** O'Shaughnessy's mel scale, as in HTK. */
function toMel(hz: number): number {
  return 2595 * Math.log10(1 + hz / 700);
}

function toHz(mel: number): number {
  return 700 * (10 ** (mel / 2595) - 1);
}

/**
 * Triangular bands of height 1 with centres evenly spaced in mel. Each band reaches from the centre of its lower
 * neighbour to that of its upper one. A band that contains no bin uses the nearest bin.
 * @param size N of the transform whose N/2 + 1 bins are weighed
 * @param low,high Hz where the first band begins and the last one ends; default: 0 and half the sample rate
 */
export function melBank(
  sampleRate: number,
  size: number,
  count: number,
  low = 0,
  high = sampleRate / 2,
): MelBank {
  const [bottom, top] = [toMel(low), toMel(high)];
  const edges = Array.from(
    { length: count + 2 },
    (_, i) => (toHz(bottom + ((top - bottom) * i) / (count + 1)) * size) / sampleRate,
  );
  const bands = Array.from({ length: count }, (_, i) => {
    const [low, centre, high] = edges.slice(i, i + 3);
    const first = Math.floor(low) + 1;
    const end = Math.ceil(high);
    if (first >= end) return { first: Math.round(centre), weights: Float64Array.of(1) };
    const weights = Float64Array.from({ length: end - first }, (_, k) => {
      const bin = first + k;
      return bin <= centre ? (bin - low) / (centre - low) : (high - bin) / (high - centre);
    });
    return { first, weights };
  });
  return { bands };
}

/** 14 cepstra of 40 bands up to half the sample rate. @param floor added to each band's power */
export function mfcc(sampleRate: number, size: number, floor: number): MelCepstrum {
  return new MelCepstrum(melBank(sampleRate, size, 40), 14, floor);
}

/** Mel-frequency cepstra c(0)..c(count - 1) of power spectra: c(m) = mean over bands of ln(power) cos(pi m (b + 1/2) / B). */
export class MelCepstrum {
  readonly #bank: MelBank;
  readonly #cosines: Float64Array;
  readonly #logs: Float64Array;
  readonly #floor: number;

  /** @param floor added to each band's power before the logarithm */
  constructor(
    bank: MelBank,
    readonly count: number,
    floor: number,
  ) {
    const size = bank.bands.length;
    this.#bank = bank;
    this.#floor = floor;
    this.#logs = new Float64Array(size);
    this.#cosines = Float64Array.from({ length: count * size }, (_, i) =>
      Math.cos((Math.PI * Math.floor(i / size) * ((i % size) + 0.5)) / size),
    );
  }

  /**
   * @param out `count` values
   * @param powers a frame's
   */
  compute(out: Float64Array, powers: Float32Array): void {
    const logs = this.#logs;
    this.#bank.bands.forEach(({ first, weights }, b) => {
      let sum = this.#floor;
      for (let k = 0; k < weights.length; k++) sum += weights[k] * powers[first + k];
      logs[b] = Math.log(sum);
    });
    const bands = logs.length;
    for (let m = 0; m < this.count; m++) {
      let sum = 0;
      for (let b = 0; b < bands; b++) sum += logs[b] * this.#cosines[m * bands + b];
      out[m] = sum / bands;
    }
  }
}
