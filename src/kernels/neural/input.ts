/** Hands a frame's two inputs to the decoder without a view (growing the memory would detach one). */

/** at[0] = first, at[1] = second. */
export function storePair(at: usize, first: f32, second: f32): void {
  store<f32>(at, first);
  store<f32>(at, second, 4);
}
