/** Elementwise kernels over `n` contiguous f32 values. Pointers are bytes; any alignment; any n. */

import { madd } from './simd.inline';

/** y *= a gain that moves linearly from `from` (before the first sample) to `to` (at the last). */
export function rampGain(y: usize, from: f32, to: f32, n: i32): void {
  if (from == 1 && to == 1) return;
  const step = (to - from) / <f32>n;
  let i = 0;
  const quads = n & ~3;
  const slope = f32x4.splat(step);
  const base = f32x4.splat(from);
  let at = f32x4(1, 2, 3, 4);
  const four = f32x4.splat(4);
  if (quads > 0) {
    do {
      const p = y + ((<usize>i) << 2);
      v128.store(p, f32x4.mul(v128.load(p), madd(at, slope, base)));
      at = f32x4.add(at, four);
      i += 4;
    } while (i < quads);
  }
  for (; i < n; i++) {
    const p = y + ((<usize>i) << 2);
    store<f32>(p, load<f32>(p) * (from + step * <f32>(i + 1)));
  }
}

/** y = a + b; y may be a or b. */
export function add(y: usize, a: usize, b: usize, n: i32): void {
  const quads = n & ~3;
  let i = 0;
  if (quads > 0) {
    do {
      const o = (<usize>i) << 2;
      v128.store(y + o, f32x4.add(v128.load(a + o), v128.load(b + o)));
      i += 4;
    } while (i < quads);
  }
  for (; i < n; i++) {
    const o = (<usize>i) << 2;
    store<f32>(y + o, load<f32>(a + o) + load<f32>(b + o));
  }
}

/** y = a b; y may be a or b. */
export function multiply(y: usize, a: usize, b: usize, n: i32): void {
  const quads = n & ~3;
  let i = 0;
  if (quads > 0) {
    do {
      const o = (<usize>i) << 2;
      v128.store(y + o, f32x4.mul(v128.load(a + o), v128.load(b + o)));
      i += 4;
    } while (i < quads);
  }
  for (; i < n; i++) {
    const o = (<usize>i) << 2;
    store<f32>(y + o, load<f32>(a + o) * load<f32>(b + o));
  }
}

/** y += x. */
export function addTo(y: usize, x: usize, n: i32): void {
  add(y, y, x, n);
}

/** y = x; they may overlap. */
export function move(y: usize, x: usize, n: i32): void {
  memory.copy(y, x, (<usize>n) << 2);
}

/** y = 0. */
export function silence(y: usize, n: i32): void {
  memory.fill(y, 0, (<usize>n) << 2);
}

/** The largest |a - b| of n values. */
export function distance(a: usize, b: usize, n: i32): f32 {
  let largest: f32 = 0;
  let i = 0;
  const quads = n & ~3;
  if (quads > 0) {
    let far = f32x4.splat(0);
    do {
      const o = (<usize>i) << 2;
      far = f32x4.max(far, f32x4.abs(f32x4.sub(v128.load(a + o), v128.load(b + o))));
      i += 4;
    } while (i < quads);
    largest = max(
      max(f32x4.extract_lane(far, 0), f32x4.extract_lane(far, 1)),
      max(f32x4.extract_lane(far, 2), f32x4.extract_lane(far, 3)),
    );
  }
  for (; i < n; i++) {
    const o = (<usize>i) << 2;
    largest = max(largest, Mathf.abs(load<f32>(a + o) - load<f32>(b + o)));
  }
  return largest;
}

/** 1 if every |x| is below 1e-12 (or not a number), else 0. */
export function isSilent(x: usize, n: i32): i32 {
  const least = f32x4.splat(1e-12);
  let loud = f32x4.splat(0);
  let i = 0;
  const quads = n & ~3;
  if (quads > 0) {
    do {
      loud = v128.or(loud, f32x4.ge(f32x4.abs(v128.load(x + ((<usize>i) << 2))), least));
      i += 4;
    } while (i < quads);
  }
  if (v128.any_true(loud)) return 0;
  for (; i < n; i++) {
    if (Mathf.abs(load<f32>(x + ((<usize>i) << 2))) >= 1e-12) return 0;
  }
  return 1;
}

/** The sum of the squares of n values. */
export function power(x: usize, n: i32): f32 {
  let sum: f32 = 0;
  let i = 0;
  const quads = n & ~3;
  if (quads > 0) {
    let squares = f32x4.splat(0);
    do {
      const v = v128.load(x + ((<usize>i) << 2));
      squares = madd(v, v, squares);
      i += 4;
    } while (i < quads);
    sum =
      f32x4.extract_lane(squares, 0) +
      f32x4.extract_lane(squares, 1) +
      (f32x4.extract_lane(squares, 2) + f32x4.extract_lane(squares, 3));
  }
  for (; i < n; i++) {
    const v = load<f32>(x + ((<usize>i) << 2));
    sum += v * v;
  }
  return sum;
}
