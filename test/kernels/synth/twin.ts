/** The oscillator bank in plain double precision, straight from its definition. */

export interface Segment {
  /** amplitude of harmonic k at the two frames, k - 1 indexed */
  from: ArrayLike<number>;
  to: ArrayLike<number>;
  fromHz: number;
  toHz: number;
  limit: number;
  sampleRate: number;
  hop: number;
  /** later frame's share at sample n is (start + n) / hop */
  start: number;
  n: number;
  /** cycles before the first sample */
  phase: number;
}

/** Calls `visit` with each heard (sample, harmonic): its sine and the later frame's share. */
function eachSine(s: Segment, visit: (n: number, k: number, sine: number, share: number) => void): number {
  let phase = s.phase;
  for (let n = 0; n < s.n; n++) {
    const share = (s.start + n) / s.hop;
    const hz = s.fromHz + (s.toHz - s.fromHz) * share;
    phase = (phase + hz / s.sampleRate) % 1;
    for (let k = 1; k <= s.from.length; k++) {
      if (k * hz < s.limit) visit(n, k, Math.sin(2 * Math.PI * ((k * phase) % 1)), share);
    }
  }
  return phase;
}

export function segment(s: Segment): { signal: Float64Array; phase: number } {
  const signal = new Float64Array(s.n);
  const phase = eachSine(s, (n, k, sine, share) => {
    signal[n] += sine * (s.from[k - 1] + (s.to[k - 1] - s.from[k - 1]) * share);
  });
  return { signal, phase };
}

/** Gradients with respect to `from` and `to`. */
export function segmentBackward(
  s: Segment,
  g: ArrayLike<number>,
): { dFrom: Float64Array; dTo: Float64Array } {
  const dFrom = new Float64Array(s.from.length);
  const dTo = new Float64Array(s.from.length);
  eachSine(s, (n, k, sine, share) => {
    dFrom[k - 1] += g[n] * sine * (1 - share);
    dTo[k - 1] += g[n] * sine * share;
  });
  return { dFrom, dTo };
}

/** Amplitudes of the harmonics: masked distribution, normalised, times amplitude. */
export function amplitudes(scaled: ArrayLike<number>, hz: number, limit: number): Float64Array {
  const c = Float64Array.from({ length: scaled.length - 1 }, (_, i) =>
    (i + 1) * hz < limit ? scaled[i + 1] : 0,
  );
  const sum = c.reduce((total, x) => total + x, 0);
  return sum > 0 ? c.map((x) => (x * scaled[0]) / sum) : c.fill(0);
}

/** A whole example, frame by frame: T frames of (amplitude, distribution), edges held. */
export function wholeExample(
  scaled: readonly ArrayLike<number>[],
  f0: ArrayLike<number>,
  hop: number,
  sampleRate: number,
): Float64Array {
  const frames = scaled.length;
  const limit = sampleRate / 2;
  const c = scaled.map((frame, i) => amplitudes(frame, f0[i], limit));
  const signal = new Float64Array(frames * hop);
  let phase = 0;
  for (let n = 0; n < signal.length; n++) {
    const at = Math.min(Math.max((n + 0.5) / hop - 0.5, 0), frames - 1);
    const i = Math.min(Math.floor(at), frames - 1);
    const j = Math.min(i + 1, frames - 1);
    const share = at - i;
    const hz = f0[i] + (f0[j] - f0[i]) * share;
    phase = (phase + hz / sampleRate) % 1;
    for (let k = 1; k <= c[i].length && k * hz < limit; k++) {
      signal[n] +=
        (c[i][k - 1] + (c[j][k - 1] - c[i][k - 1]) * share) * Math.sin(2 * Math.PI * ((k * phase) % 1));
    }
  }
  return signal;
}

/** The kernels' layout of a frame's amplitudes; see src/kernels/synth/tile.ts. */
export function fold(c: ArrayLike<number>): Float64Array {
  const padded = Math.ceil(c.length / 16) * 16;
  const folded = new Float64Array(padded);
  for (let b = 0; b < padded; b += 16) {
    for (let j = 0; j < 8; j++) {
      const above = c[b + 8 + j] ?? 0;
      const below = c[b + 7 - j] ?? 0;
      folded[b + j] = above + below;
      folded[b + 8 + j] = above - below;
    }
  }
  return folded;
}

/** The amplitudes back from their folded form. */
export function unfold(folded: ArrayLike<number>, harmonics: number): Float64Array {
  return unfoldGradient(folded, harmonics).map((c) => c / 2);
}

/** Derivatives by the amplitudes from those by their folded form. */
export function unfoldGradient(d: ArrayLike<number>, harmonics: number): Float64Array {
  return Float64Array.from({ length: harmonics }, (_, i) => {
    const block = i & ~15;
    const place = i & 15;
    return place < 8 ? d[block + 7 - place] - d[block + 15 - place] : d[block + place - 8] + d[block + place];
  });
}
