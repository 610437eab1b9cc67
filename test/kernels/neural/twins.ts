/** The pointwise kernels again, plainly and in double precision; and derivatives by central differences. */

export const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** LayerNorm, then ReLU, of one row. */
export function layerNormRelu(x: number[], gamma: ArrayLike<number>, beta: ArrayLike<number>): number[] {
  const mean = x.reduce((a, b) => a + b) / x.length;
  const variance = x.reduce((a, b) => a + (b - mean) ** 2, 0) / x.length;
  return x.map((v, i) => Math.max(0, (gamma[i] * (v - mean)) / Math.sqrt(variance + 1e-5) + beta[i]));
}

/** One row: `gates` and `recurrent` hold r, z, n. */
export function gruCell(state: number[], gates: number[], recurrent: number[]): number[] {
  const size = state.length;
  return state.map((h, i) => {
    const r = sigmoid(gates[i] + recurrent[i]);
    const z = sigmoid(gates[size + i] + recurrent[size + i]);
    const n = Math.tanh(gates[2 * size + i] + r * recurrent[2 * size + i]);
    return (1 - z) * n + z * h;
  });
}

/** Gradient of a scalar function at x. */
export function centralDifferences(f: (x: number[]) => number, x: ArrayLike<number>, step = 1e-5): number[] {
  const at = Array.from(x);
  return at.map((value, i) => {
    at[i] = value + step;
    const above = f(at);
    at[i] = value - step;
    const below = f(at);
    at[i] = value;
    return (above - below) / (2 * step);
  });
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Row `row` of x[rows, stride], `size` values. */
export function rowOf(x: Float32Array, row: number, stride: number, size: number): number[] {
  return Array.from(x.subarray(row * stride, row * stride + size));
}
