/** Writes one value without a view, because a view is detached when the memory grows. */

/** at[index] = value. */
export function storeValue(at: usize, index: i32, value: f32): void {
  store<f32>(at + ((<usize>index) << 2), value);
}
