/**
 * The harmonic oscillator bank (Engel et al. 2020, section 3.3).
 *
 *   y(n) = sum over k of c_k(n) sin(k phi(n)),  silent where k f0(n) >= limit
 *
 * c_k = amplitude * normalised distribution is computed once per frame (`harmonicControls`). It moves linearly
 * between frames, and so does f0. A *segment* is the stretch from one frame centre to the next (see
 * src/synth/processor.ts). Streams and whole examples are rendered in the same segments and tiles, so they agree to
 * the last bit. `weight[n]` is the weight of the later frame.
 *
 * K harmonics take `padded` floats per frame: K rounded up to a multiple of 16. tile.ts describes the method and how
 * controls are folded.
 */

import { madd } from '../simd.inline';
import {
  CENTRE_COS,
  CENTRE_SIN,
  COSINES,
  foldedAt,
  foldedSign,
  harmonicsBelow,
  heardEnd,
  heardFrom,
  limitAt,
  nextBlock,
  openTile,
  PARTIAL_FROM,
  PARTIAL_TO,
  SIGNAL,
  SINES,
  TILE,
} from './tile';
import { lerp4, sin4, within4 } from './tile.inline';

/** Floats of scratch that `harmonicSegment` (sums false) or its backward (true) needs. */
export function harmonicScratch(harmonics: i32, sums: bool): i32 {
  return <i32>(TILE >> 2) + (sums ? ((harmonics + 15) & ~15) * 8 + 128 : 0);
}

/**
 * The controls of one frame: sets the distribution to 0 from `limit` on, normalises it to the sum 1, multiplies it by
 * the amplitude, and folds it. A sum of zero gives silence.
 * @param folded padded floats, written
 * @param scaled amplitude, then K values >= 0 of the distribution
 * @param hz f0 of the frame
 */
export function harmonicControls(folded: usize, scaled: usize, hz: f64, limit: f64, harmonics: i32): void {
  const padded = (harmonics + 15) & ~15;
  memory.fill(folded, 0, (<usize>padded) << 2);
  const count = harmonicsBelow(limit, hz, harmonics);
  let sum: f64 = 0;
  for (let k = 1; k <= count; k++) sum += load<f32>(scaled + ((<usize>k) << 2));
  if (!(sum > 0)) return;
  const gain = <f32>(<f64>load<f32>(scaled) / sum);
  for (let k = 1; k <= count; k++) {
    const c = gain * load<f32>(scaled + ((<usize>k) << 2));
    const at = foldedAt(folded, k);
    store<f32>(at, load<f32>(at) + c);
    store<f32>(at, load<f32>(at, 32) + foldedSign(k) * c, 32);
  }
}

/** Cycles in [0, 1) of the state that `harmonicPhase` keeps. */
export function cyclesOf(state: usize): f64 {
  return load<f64>(state);
}

/** Sets the state that `harmonicPhase` keeps. */
export function setCycles(state: usize, cycles: f64): void {
  store<f64>(state, cycles - floor(cycles));
}

/**
 * Phases of the n samples of a segment, as u32 with 2^32 per cycle: the sum of f0 up to and including each sample. The
 * phase is computed in closed form from the start of the segment, and kept in double precision from segment to
 * segment. So it neither drifts nor loses resolution.
 * @param phase n rounded up to 16 values, written
 * @param state one f64: cycles in [0, 1) before the segment; written: after it
 * @param start weight of the first sample, times hop
 */
export function harmonicPhase(
  phase: usize,
  state: usize,
  fromHz: f64,
  toHz: f64,
  start: f64,
  hop: f64,
  sampleRate: f64,
  n: i32,
): void {
  if (n <= 0) return;
  // after m samples: base + m a + m^2 b cycles
  const slope = (toHz - fromHz) / hop;
  const a = (fromHz + slope * (start - 0.5)) / sampleRate;
  const b = (0.5 * slope) / sampleRate;
  const base = load<f64>(state);
  const whole = <f64>n;
  const end = base + whole * (a + whole * b);
  store<f64>(state, end - floor(end));

  const unit: f64 = 4294967296;
  const linear = f64x2.splat(a * unit);
  const square = f64x2.splat(b * unit);
  // adding 1.5 * 2^52 puts the whole number of units, modulo 2^32, into the low half of the double
  const origin = f64x2.splat(base * unit);
  const round = f64x2.splat(6755399441055744);
  const two = f64x2.splat(2);
  let m = f64x2(1, 2);
  let left = n;
  do {
    const low = f64x2.add(f64x2.add(f64x2.mul(f64x2.add(f64x2.mul(m, square), linear), m), origin), round);
    m = f64x2.add(m, two);
    const high = f64x2.add(f64x2.add(f64x2.mul(f64x2.add(f64x2.mul(m, square), linear), m), origin), round);
    m = f64x2.add(m, two);
    v128.store(phase, i32x4.shuffle(low, high, 0, 2, 4, 6));
    phase += 16;
    left -= 4;
  } while (left > 0);
  // the last tile reads up to here
  for (let spare = ((n + 15) & ~15) - ((n + 3) & ~3); spare > 0; spare -= 4) {
    v128.store(phase, i32x4.splat(0));
    phase += 16;
  }
}

/** signal += centre * (share of `from` and `to` in sum_j folded_j basis_j), for one tile and block. */
function addHalfBlock(
  signal: usize,
  centre: usize,
  basis: usize,
  from: usize,
  to: usize,
  weight: usize,
): void {
  let from0 = f32x4.splat(0);
  let from1 = from0;
  let from2 = from0;
  let from3 = from0;
  let to0 = from0;
  let to1 = from0;
  let to2 = from0;
  let to3 = from0;
  let j = 8;
  do {
    const f = v128.load32_splat(from);
    const t = v128.load32_splat(to);
    const b0 = v128.load(basis);
    const b1 = v128.load(basis, 16);
    const b2 = v128.load(basis, 32);
    const b3 = v128.load(basis, 48);
    from0 = madd(b0, f, from0);
    from1 = madd(b1, f, from1);
    from2 = madd(b2, f, from2);
    from3 = madd(b3, f, from3);
    to0 = madd(b0, t, to0);
    to1 = madd(b1, t, to1);
    to2 = madd(b2, t, to2);
    to3 = madd(b3, t, to3);
    from += 4;
    to += 4;
    basis += 64;
  } while (--j);
  const w0 = v128.load(weight);
  const w1 = v128.load(weight, 16);
  const w2 = v128.load(weight, 32);
  const w3 = v128.load(weight, 48);
  v128.store(signal, madd(lerp4(from0, to0, w0), v128.load(centre), v128.load(signal)));
  v128.store(signal, madd(lerp4(from1, to1, w1), v128.load(centre, 16), v128.load(signal, 16)), 16);
  v128.store(signal, madd(lerp4(from2, to2, w2), v128.load(centre, 32), v128.load(signal, 32)), 32);
  v128.store(signal, madd(lerp4(from3, to3, w3), v128.load(centre, 48), v128.load(signal, 48)), 48);
}

/** Adds harmonic k to the samples first..end - 1 of a tile, in which it is below the limit. */
function addMasked(
  signal: usize,
  phase: usize,
  weight: usize,
  from: usize,
  to: usize,
  k: i32,
  first: i32,
  end: i32,
): void {
  const sign = foldedSign(k);
  const fromAt = foldedAt(from, k);
  const toAt = foldedAt(to, k);
  const a = f32x4.splat(0.5 * (load<f32>(fromAt) + sign * load<f32>(fromAt, 32)));
  const b = f32x4.splat(0.5 * (load<f32>(toAt) + sign * load<f32>(toAt, 32)));
  const multiple = i32x4.splat(k);
  let i = 0;
  do {
    const y = f32x4.mul(lerp4(a, b, v128.load(weight)), sin4(i32x4.mul(v128.load(phase), multiple)));
    v128.store(signal, f32x4.add(v128.load(signal), v128.and(within4(i, first, end), y)));
    signal += 16;
    phase += 16;
    weight += 16;
    i += 4;
  } while (i < 16);
}

/** Copies the folded amplitudes of the first `count` harmonics of a block, 1..15. */
function foldPartial(to: usize, from: usize, count: i32): void {
  let j = 0;
  do {
    const p = load<f32>(from);
    const q = load<f32>(from, 32);
    const lower = <f32>0.5 * (p - q);
    const both = 9 + j <= count;
    const one = 8 - j <= count;
    store<f32>(to, both ? p : one ? lower : 0);
    store<f32>(to, both ? q : one ? -lower : 0, 32);
    from += 4;
    to += 4;
  } while (++j < 8);
}

/**
 * Renders n samples of a segment.
 * @param out n floats, written
 * @param phase from `harmonicPhase`; n rounded up to 16
 * @param weight share of the later frame, 0..1; n rounded up to 16
 * @param start weight of the first sample, times hop
 * @param from folded controls of the earlier frame
 * @param to folded controls of the later frame; may be `from`
 * @param limit Hz: the Nyquist frequency
 * @param scratch see `harmonicScratch`
 */
export function harmonicSegment(
  out: usize,
  phase: usize,
  weight: usize,
  start: f64,
  hop: f64,
  from: usize,
  to: usize,
  fromHz: f32,
  toHz: f32,
  limit: f32,
  harmonics: i32,
  n: i32,
  scratch: usize,
): void {
  renderSegment(false, out, phase, weight, start, hop, from, to, fromHz, toHz, limit, harmonics, n, scratch);
}

/** `harmonicSegment` for controls that need not be zero above the limit, where harmonics are silent all the same. */
export function harmonicSegmentOpen(
  out: usize,
  phase: usize,
  weight: usize,
  start: f64,
  hop: f64,
  from: usize,
  to: usize,
  fromHz: f32,
  toHz: f32,
  limit: f32,
  harmonics: i32,
  n: i32,
  scratch: usize,
): void {
  renderSegment(true, out, phase, weight, start, hop, from, to, fromHz, toHz, limit, harmonics, n, scratch);
}

function renderSegment(
  open: bool,
  out: usize,
  phase: usize,
  weight: usize,
  start: f64,
  hop: f64,
  from: usize,
  to: usize,
  fromHz: f32,
  toHz: f32,
  limit: f32,
  harmonics: i32,
  n: i32,
  scratch: usize,
): void {
  if (n <= 0) return;
  const lowest = harmonicsBelow(limit, min(fromHz, toHz), harmonics);
  const crossing = open || harmonicsBelow(limit, max(fromHz, toHz), harmonics) != lowest;
  let blocks = (lowest + 15) >> 4;
  const rising = toHz > fromHz;
  const signal = scratch + SIGNAL;
  let whole = 0;
  do {
    openTile(scratch, phase);
    memory.fill(signal, 0, 64);
    let masked = 0;
    let partial = 0;
    if (crossing) {
      // harmonics that sound in all samples of the tile are added in blocks, all others one by one
      const first = fromHz + (toHz - fromHz) * load<f32>(weight);
      const last = fromHz + (toHz - fromHz) * load<f32>(weight, 60);
      const count = harmonicsBelow(limit, max(first, last) * 1.000001, harmonics);
      masked = harmonicsBelow(limit, min(first, last) * 0.999999, harmonics);
      blocks = count >> 4;
      partial = count & 15;
      if (partial && count != whole) {
        const at = (<usize>blocks) << 6;
        foldPartial(scratch + PARTIAL_FROM, from + at, partial);
        foldPartial(scratch + PARTIAL_TO, to + at, partial);
      }
      whole = count;
    }
    let b = 0;
    while (b < blocks) {
      const at = (<usize>b) << 6;
      if (b > 0) nextBlock(scratch);
      addHalfBlock(signal, scratch + CENTRE_SIN, scratch + COSINES, from + at, to + at, weight);
      addHalfBlock(signal, scratch + CENTRE_COS, scratch + SINES, from + at + 32, to + at + 32, weight);
      b++;
    }
    if (partial) {
      const one = scratch + PARTIAL_FROM;
      const two = scratch + PARTIAL_TO;
      if (blocks > 0) nextBlock(scratch);
      addHalfBlock(signal, scratch + CENTRE_SIN, scratch + COSINES, one, two, weight);
      addHalfBlock(signal, scratch + CENTRE_COS, scratch + SINES, one + 32, two + 32, weight);
    }
    for (let k = whole + 1; k <= masked; k++) {
      const edge = limitAt(k, fromHz, toHz, limit, hop) - start;
      addMasked(signal, phase, weight, from, to, k, heardFrom(edge, rising), heardEnd(edge, rising));
    }
    memory.copy(out, signal, (<usize>min(n, 16)) << 2);
    out += 64;
    phase += 64;
    weight += 64;
    start += 16;
    n -= 16;
  } while (n > 0);
}
