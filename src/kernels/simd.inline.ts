/**
 * Small SIMD helpers shared by every kernel.
 *
 * `madd` is the only difference between the two binaries: the relaxed build may fuse multiply and add and round once,
 * the plain build rounds twice.
 */

/** `a * b + c`, lane by lane; fused where the relaxed-SIMD build runs on hardware with FMA. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/**
 * `a * b + c`, lane by lane, rounded twice in both builds. The analysis and the resampler use it, because f0 must be
 * the same to the last bit: the synth accumulates f0, and after some seconds one bit changes the 100th harmonic by
 * 1e-3 of full scale.
 */
// @ts-ignore: decorator
@inline
export function exactMadd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Sum of the four lanes. */
// @ts-ignore: decorator
@inline
export function sum4(a: v128): f32 {
  return (
    f32x4.extract_lane(a, 0) +
    f32x4.extract_lane(a, 1) +
    (f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3))
  );
}
