/**
 * Harmonics in blocks of 16, over tiles of 16 samples. The oscillator bank and its backward pass share this.
 *
 * The harmonics of block b lie around its centre b * 16 + 8.5, at distances j + 1/2, j = 0..7:
 *
 *   sin((centre +- (j + 1/2)) phi) = sin(centre phi) C_j +- cos(centre phi) S_j,
 *   C_j = cos((j + 1/2) phi), S_j = sin((j + 1/2) phi)
 *
 * so with folded amplitudes p_j = c[centre + j + 1/2] + c[centre - j - 1/2], q_j = the difference,
 *
 *   sum of c_k sin(k phi) = sum over b of  sin(centre phi) sum_j p_j C_j + cos(centre phi) sum_j q_j S_j.
 *
 * C and S serve every block of a tile. That leaves one multiply-add per harmonic and sample, and none waits for
 * another. It is less work than a recurrence, and no error grows along it. (A Chebyshev recurrence loses three digits
 * where phi is near 0 or pi, unless it is often seeded anew.)
 *
 * Folded amplitudes of a frame: one block after another, each p_0..p_7, then q_0..q_7.
 *
 * Scratch of a tile, in bytes. Each entry is 16 floats, one per sample:
 */

import { cos4, productIm, productRe, sin4 } from './tile.inline';

/** C_0..C_7, then S_0..S_7 */
export const COSINES: usize = 0;
export const SINES: usize = 512;
/** sin and cos of centre * phi, for the block in hand */
export const CENTRE_SIN: usize = 1024;
export const CENTRE_COS: usize = 1088;
/** sin and cos of 16 phi: from one block's centre to the next's */
const STEP_SIN: usize = 1152;
const STEP_COS: usize = 1216;
/** the tile's output, or the gradients of one */
export const SIGNAL: usize = 1280;
export const SIGNAL_FROM: usize = 1344;
export const SIGNAL_TO: usize = 1408;
/** a block of which only some harmonics are heard: folded amplitudes of the earlier and the later frame */
export const PARTIAL_FROM: usize = 1472;
export const PARTIAL_TO: usize = 1536;
/** bytes in all */
export const TILE: usize = 1600;

/** Fills C, S, step and the first block's centre for 16 samples at u32 phases `phase`. */
export function openTile(tile: usize, phase: usize): void {
  let g = 4;
  do {
    const phi = v128.load(phase);
    // half a phase: its ambiguous sign is that of both factors of every product below
    const half = i32x4.shr_u(phi, 1);
    const s0 = sin4(half);
    const c0 = cos4(half);
    let s = sin4(phi);
    let c = cos4(phi);
    const s1 = productIm(c0, s0, c, s);
    const c1 = productRe(c0, s0, c, s);
    let angle = i32x4.shl(phi, 1);
    s = sin4(angle);
    c = cos4(angle);
    const s2 = productIm(c0, s0, c, s);
    const c2 = productRe(c0, s0, c, s);
    const s3 = productIm(c1, s1, c, s);
    const c3 = productRe(c1, s1, c, s);
    angle = i32x4.shl(phi, 2);
    s = sin4(angle);
    c = cos4(angle);
    v128.store(tile + SINES, s0);
    v128.store(tile + SINES, s1, 64);
    v128.store(tile + SINES, s2, 128);
    v128.store(tile + SINES, s3, 192);
    v128.store(tile + SINES, productIm(c0, s0, c, s), 256);
    v128.store(tile + SINES, productIm(c1, s1, c, s), 320);
    v128.store(tile + SINES, productIm(c2, s2, c, s), 384);
    v128.store(tile + SINES, productIm(c3, s3, c, s), 448);
    v128.store(tile + COSINES, c0);
    v128.store(tile + COSINES, c1, 64);
    v128.store(tile + COSINES, c2, 128);
    v128.store(tile + COSINES, c3, 192);
    v128.store(tile + COSINES, productRe(c0, s0, c, s), 256);
    v128.store(tile + COSINES, productRe(c1, s1, c, s), 320);
    v128.store(tile + COSINES, productRe(c2, s2, c, s), 384);
    v128.store(tile + COSINES, productRe(c3, s3, c, s), 448);
    angle = i32x4.mul(half, i32x4.splat(17));
    v128.store(tile + CENTRE_SIN, sin4(angle));
    v128.store(tile + CENTRE_COS, cos4(angle));
    angle = i32x4.shl(phi, 4);
    v128.store(tile + STEP_SIN, sin4(angle));
    v128.store(tile + STEP_COS, cos4(angle));
    phase += 16;
    tile += 16;
  } while (--g);
}

/** Moves the centre to the next block. */
export function nextBlock(tile: usize): void {
  let g = 4;
  do {
    const s = v128.load(tile + CENTRE_SIN);
    const c = v128.load(tile + CENTRE_COS);
    const stepS = v128.load(tile + STEP_SIN);
    const stepC = v128.load(tile + STEP_COS);
    v128.store(tile + CENTRE_SIN, productIm(c, s, stepC, stepS));
    v128.store(tile + CENTRE_COS, productRe(c, s, stepC, stepS));
    tile += 16;
  } while (--g);
}

/** How many of the harmonics 1..harmonics have k * hz < limit; all for hz <= 0. */
export function harmonicsBelow(limit: f64, hz: f64, harmonics: i32): i32 {
  const most = <f64>harmonics;
  const count = hz > 0 ? min(ceil(limit / hz) - 1, most) : most;
  return <i32>max(count, 0);
}

/**
 * Where harmonic k meets the limit on the way from one frame to the next, in samples from the earlier
 * frame's centre; may lie outside. In double precision: pitches of whole lags meet it so close to a
 * sample that single precision takes the wrong side, and one sample of a harmonic too many is a click.
 */
export function limitAt(k: i32, fromHz: f64, toHz: f64, limit: f64, hop: f64): f64 {
  return ((limit / <f64>k - fromHz) / (toHz - fromHz)) * hop;
}

/** The first sample of a tile that is below a limit met at sample `edge` of it. */
export function heardFrom(edge: f64, rising: bool): i32 {
  return rising ? 0 : <i32>min(max(floor(edge) + 1, 0), 16);
}

/** The sample behind the last one that is. */
export function heardEnd(edge: f64, rising: bool): i32 {
  return rising ? <i32>min(max(ceil(edge), 0), 16) : 16;
}

/** Address of p_j of harmonic k; q_j is 32 bytes further on. */
export function foldedAt(folded: usize, k: i32): usize {
  const place = (k - 1) & 15;
  const j = place < 8 ? 7 - place : place - 8;
  return folded + ((<usize>((k - 1) & ~15) + j) << 2);
}

/** +1 for harmonics above their block's centre, -1 below it: the sign of c in q. */
export function foldedSign(k: i32): f32 {
  return ((k - 1) & 15) < 8 ? -1 : 1;
}
