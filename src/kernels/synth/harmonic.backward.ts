/**
 * The gradient of the oscillator bank with respect to its controls (not f0).
 *
 * Phases are kept from the forward pass. Sines are computed again: keeping them would take K floats per sample. The
 * bank is linear in its controls, so the kernels here do not need the output of the forward pass.
 */

import { madd, sum4 } from '../simd.inline';
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
  SIGNAL,
  SIGNAL_FROM,
  SIGNAL_TO,
  SINES,
  TILE,
} from './tile';
import { sin4, within4 } from './tile.inline';

/** sums += (share of each frame) * signal * centre * basis_j, j = 0..7; two vectors a j: from, to. */
function gatherHalfBlock(sums: usize, tile: usize, centre: usize, basis: usize): void {
  const c0 = v128.load(centre);
  const c1 = v128.load(centre, 16);
  const c2 = v128.load(centre, 32);
  const c3 = v128.load(centre, 48);
  const from = tile + SIGNAL_FROM;
  const to = tile + SIGNAL_TO;
  const from0 = f32x4.mul(c0, v128.load(from));
  const from1 = f32x4.mul(c1, v128.load(from, 16));
  const from2 = f32x4.mul(c2, v128.load(from, 32));
  const from3 = f32x4.mul(c3, v128.load(from, 48));
  const to0 = f32x4.mul(c0, v128.load(to));
  const to1 = f32x4.mul(c1, v128.load(to, 16));
  const to2 = f32x4.mul(c2, v128.load(to, 32));
  const to3 = f32x4.mul(c3, v128.load(to, 48));
  let j = 8;
  do {
    const b0 = v128.load(basis);
    const b1 = v128.load(basis, 16);
    const b2 = v128.load(basis, 32);
    const b3 = v128.load(basis, 48);
    v128.store(
      sums,
      f32x4.add(madd(b0, from0, madd(b1, from1, v128.load(sums))), madd(b2, from2, f32x4.mul(b3, from3))),
    );
    v128.store(
      sums,
      f32x4.add(madd(b0, to0, madd(b1, to1, v128.load(sums, 16))), madd(b2, to2, f32x4.mul(b3, to3))),
      16,
    );
    sums += 32;
    basis += 64;
  } while (--j);
}

/** The part of a tile's gradient that belongs to harmonic k, heard in the samples first..end - 1. */
function gatherMasked(
  tile: usize,
  phase: usize,
  dFrom: usize,
  dTo: usize,
  k: i32,
  first: i32,
  end: i32,
): void {
  const multiple = i32x4.splat(k);
  let from = f32x4.splat(0);
  let to = from;
  let i = 0;
  do {
    const s = v128.and(within4(i, first, end), sin4(i32x4.mul(v128.load(phase), multiple)));
    from = madd(s, v128.load(tile + SIGNAL_FROM), from);
    to = madd(s, v128.load(tile + SIGNAL_TO), to);
    tile += 16;
    phase += 16;
    i += 4;
  } while (i < 16);
  addUnfolded(dFrom, k, 0.5 * sum4(from));
  addUnfolded(dTo, k, 0.5 * sum4(to));
}

/** Converts a derivative with respect to c_k to one with respect to the folded p and q, and adds it. */
function addUnfolded(folded: usize, k: i32, half: f32): void {
  const at = foldedAt(folded, k);
  store<f32>(at, load<f32>(at) + half);
  store<f32>(at, load<f32>(at, 32) + foldedSign(k) * half, 32);
}

/**
 * Moves the sums (`gatherHalfBlock`) of the block of harmonic `last` to the gradients of its harmonics up to
 * that one. Nothing where `last` ends a block.
 */
function takePartial(dFrom: usize, dTo: usize, sums: usize, last: i32): void {
  const count = last & 15;
  if (count == 0) return;
  const at = (<usize>(last - count)) << 2;
  let j = 0;
  let p = sums;
  do {
    const pFrom = sum4(v128.load(p));
    const pTo = sum4(v128.load(p, 16));
    const qFrom = sum4(v128.load(p, 256));
    const qTo = sum4(v128.load(p, 272));
    if (9 + j <= count) {
      addUnfolded(dFrom + at, 9 + j, 0.5 * (pFrom + qFrom));
      addUnfolded(dTo + at, 9 + j, 0.5 * (pTo + qTo));
    }
    if (8 - j <= count) {
      addUnfolded(dFrom + at, 8 - j, 0.5 * (pFrom - qFrom));
      addUnfolded(dTo + at, 8 - j, 0.5 * (pTo - qTo));
    }
    p += 32;
  } while (++j < 8);
  memory.fill(sums, 0, 512);
}

/**
 * dFrom += gradient with respect to the earlier frame's folded controls, dTo += to the later frame's.
 * dFrom may be dTo. The other parameters are those of `harmonicSegment`.
 * @param g n floats: gradient with respect to its output
 * @param scratch `harmonicScratch(harmonics, true)` floats
 */
export function harmonicSegmentBackward(
  dFrom: usize,
  dTo: usize,
  g: usize,
  phase: usize,
  weight: usize,
  start: f64,
  hop: f64,
  fromHz: f32,
  toHz: f32,
  limit: f32,
  harmonics: i32,
  n: i32,
  scratch: usize,
): void {
  if (n <= 0) return;
  const lowest = harmonicsBelow(limit, min(fromHz, toHz), harmonics);
  const crossing = harmonicsBelow(limit, max(fromHz, toHz), harmonics) != lowest;
  const most = (lowest + 15) >> 4;
  let blocks = most;
  const rising = toHz > fromHz;
  const signal = scratch + SIGNAL;
  const sums = scratch + TILE;
  // of a block of which only some harmonics are heard, as long as they are the same ones
  const partialSums = sums + ((<usize>((harmonics + 15) >> 4)) << 9);
  let whole = 0;
  memory.fill(sums, 0, (<usize>most) << 9);
  memory.fill(partialSums, 0, 512);
  do {
    openTile(scratch, phase);
    if (n < 16) memory.fill(signal, 0, 64);
    memory.copy(signal, g, (<usize>min(n, 16)) << 2);
    let o: usize = 0;
    do {
      const whole = v128.load(signal + o);
      const to = f32x4.mul(whole, v128.load(weight + o));
      v128.store(scratch + SIGNAL_TO + o, to);
      v128.store(scratch + SIGNAL_FROM + o, f32x4.sub(whole, to));
      o += 16;
    } while (o < 64);
    let masked = 0;
    let partial = 0;
    if (crossing) {
      const first = fromHz + (toHz - fromHz) * load<f32>(weight);
      const last = fromHz + (toHz - fromHz) * load<f32>(weight, 60);
      const count = harmonicsBelow(limit, max(first, last) * 1.000001, harmonics);
      masked = harmonicsBelow(limit, min(first, last) * 0.999999, harmonics);
      blocks = count >> 4;
      partial = count & 15;
      if (count != whole) {
        takePartial(dFrom, dTo, partialSums, whole);
        whole = count;
      }
    }
    let b = 0;
    while (b < blocks) {
      const at = sums + ((<usize>b) << 9);
      if (b > 0) nextBlock(scratch);
      gatherHalfBlock(at, scratch, scratch + CENTRE_SIN, scratch + COSINES);
      gatherHalfBlock(at + 256, scratch, scratch + CENTRE_COS, scratch + SINES);
      b++;
    }
    if (partial) {
      if (blocks > 0) nextBlock(scratch);
      gatherHalfBlock(partialSums, scratch, scratch + CENTRE_SIN, scratch + COSINES);
      gatherHalfBlock(partialSums + 256, scratch, scratch + CENTRE_COS, scratch + SINES);
    }
    for (let k = whole + 1; k <= masked; k++) {
      const edge = limitAt(k, fromHz, toHz, limit, hop) - start;
      gatherMasked(scratch, phase, dFrom, dTo, k, heardFrom(edge, rising), heardEnd(edge, rising));
    }
    g += 64;
    phase += 64;
    weight += 64;
    start += 16;
    n -= 16;
  } while (n > 0);
  takePartial(dFrom, dTo, partialSums, whole);
  const end = (<usize>most) << 6;
  for (let o: usize = 0; o < end; o += 4) {
    const at = sums + (o << 3);
    store<f32>(dFrom + o, load<f32>(dFrom + o) + sum4(v128.load(at)));
    store<f32>(dTo + o, load<f32>(dTo + o) + sum4(v128.load(at, 16)));
  }
  // the last block went through whole: take out its harmonics that are silent all along
  for (let k = lowest + 1; k <= most << 4; k++) {
    const at = sums + (foldedAt(0, k) << 3);
    const sign = foldedSign(k);
    addUnfolded(dFrom, k, -0.5 * (sum4(v128.load(at)) + sign * sum4(v128.load(at, 256))));
    addUnfolded(dTo, k, -0.5 * (sum4(v128.load(at, 16)) + sign * sum4(v128.load(at, 272))));
  }
}

/**
 * Backward of `harmonicControls`: dScaled += gradient with respect to amplitude and distribution.
 * @param dScaled 1 + K floats
 * @param dFolded gradient with respect to the folded controls
 * @param scaled what `harmonicControls` was given
 */
export function harmonicControlsBackward(
  dScaled: usize,
  dFolded: usize,
  scaled: usize,
  hz: f64,
  limit: f64,
  harmonics: i32,
): void {
  const count = harmonicsBelow(limit, hz, harmonics);
  let sum: f64 = 0;
  let weighted: f64 = 0;
  for (let k = 1; k <= count; k++) {
    const value = load<f32>(scaled + ((<usize>k) << 2));
    sum += value;
    weighted += <f64>value * unfolded(dFolded, k);
  }
  if (!(sum > 0)) return;
  const mean = weighted / sum;
  const gain = <f64>load<f32>(scaled) / sum;
  store<f32>(dScaled, load<f32>(dScaled) + <f32>mean);
  for (let k = 1; k <= count; k++) {
    const at = dScaled + ((<usize>k) << 2);
    store<f32>(at, load<f32>(at) + <f32>(gain * (unfolded(dFolded, k) - mean)));
  }
}

/** The derivative with respect to c_k, from those with respect to p and q. */
function unfolded(dFolded: usize, k: i32): f64 {
  const at = foldedAt(dFolded, k);
  return <f64>load<f32>(at) + <f64>(foldedSign(k) * load<f32>(at, 32));
}
