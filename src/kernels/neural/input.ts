/** Writes one value without a view (growing the memory would detach one). */

/** at[index] = value. */
export function storeValue(at: usize, index: i32, value: f32): void {
  store<f32>(at + ((<usize>index) << 2), value);
}
