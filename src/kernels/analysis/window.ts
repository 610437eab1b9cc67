/** Prepares a window of input for the transforms: removes invalid samples and the mean. */

/** 120 dB above full scale. A louder sample, or NaN, is a fault in the source of the signal and counts as silence. */
const LOUDEST: f32 = 1e6;
/** Relative to the mean. Rounding leaves a remainder this large of a constant, so smaller values are no signal. */
const ROUNDING: f64 = 3e-7;

/**
 * y = x minus its mean, then zeros up to `size`. Samples that are not finite, or absurdly large, are set to 0 first. A
 * constant becomes exact zeros. Removing the mean does not change the difference function, which depends only on
 * differences. It keeps the precision.
 * @param y `size` floats, written; size >= n, a multiple of 4
 * @param x n samples
 * @returns the mean
 */
export function analysisWindow(y: usize, x: usize, n: i32, size: i32): f64 {
  const loudest = f32x4.splat(LOUDEST);
  const quads = (<usize>(n & ~3)) << 2;
  let sums = f64x2.splat(0);
  let o: usize = 0;
  if (quads > 0) {
    do {
      const v = v128.load(x + o);
      const kept = v128.and(v, f32x4.lt(f32x4.abs(v), loudest));
      v128.store(y + o, kept);
      const swapped = i32x4.shuffle(kept, kept, 2, 3, 0, 1);
      sums = f64x2.add(sums, f64x2.add(f64x2.promote_low_f32x4(kept), f64x2.promote_low_f32x4(swapped)));
      o += 16;
    } while (o < quads);
  }
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  const end = (<usize>n) << 2;
  for (; o < end; o += 4) {
    const v = load<f32>(x + o);
    const kept: f32 = abs(v) < LOUDEST ? v : 0;
    store<f32>(y + o, kept);
    sum += kept;
  }
  memory.fill(y + end, 0, ((<usize>size) << 2) - end);
  const mean = sum / <f64>n;
  const offset = f32x4.splat(<f32>mean);
  const rounding = f32x4.splat(<f32>(ROUNDING * abs(mean)));
  o = 0;
  do {
    const v = f32x4.sub(v128.load(y + o), offset);
    v128.store(y + o, v128.and(v, f32x4.gt(f32x4.abs(v), rounding)));
    o += 16;
  } while (o < end);
  memory.fill(y + end, 0, o - end);
  return mean;
}
