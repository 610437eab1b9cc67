/** One array out of several, one after the other; the array itself when there is only one. */
export function join<T extends Float32Array | Uint8Array>(
  type: new (length: number) => T,
  parts: readonly T[],
): T {
  if (parts.length === 1) return parts[0];
  const whole = new type(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
