/** Small symmetric matrices, row by row. */

export interface Eigen {
  readonly values: Float64Array;
  /** row j is the vector of value j */
  readonly vectors: Float64Array;
}

const ROUNDS = 60;
const SMALL = 1e-24;

/** Eigenvalues and vectors by Jacobi's rotations. @param n rows of the symmetric matrix */
export function eigen(matrix: ArrayLike<number>, n: number): Eigen {
  const a = Float64Array.from(matrix);
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  for (let round = 0; round < ROUNDS; round++) {
    let outside = 0;
    let inside = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        if (i === j) inside += a[i * n + j] ** 2;
        else outside += a[i * n + j] ** 2;
      }
    if (!(outside > SMALL * inside)) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, vectors, n, p, q);
  }
  return { values: Float64Array.from({ length: n }, (_, i) => a[i * n + i]), vectors };
}

/** Turns rows and columns p and q so that a(p, q) becomes 0. */
function rotate(a: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void {
  const off = a[p * n + q];
  if (off === 0) return;
  const half = (a[q * n + q] - a[p * n + p]) / (2 * off);
  const tangent = (half < 0 ? -1 : 1) / (Math.abs(half) + Math.hypot(half, 1));
  const cosine = 1 / Math.hypot(tangent, 1);
  const sine = tangent * cosine;
  const turn = (values: Float64Array, at: (side: number, k: number) => number) => {
    for (let k = 0; k < n; k++) {
      const [x, y] = [values[at(p, k)], values[at(q, k)]];
      values[at(p, k)] = cosine * x - sine * y;
      values[at(q, k)] = sine * x + cosine * y;
    }
  };
  turn(a, (side, k) => side * n + k);
  turn(a, (side, k) => k * n + side);
  turn(vectors, (side, k) => side * n + k);
}

/** The square root of a positive semidefinite matrix. */
export function squareRoot(matrix: ArrayLike<number>, n: number): Float64Array {
  const { values, vectors } = eigen(matrix, n);
  const root = new Float64Array(n * n);
  for (let v = 0; v < n; v++) {
    const scale = Math.sqrt(Math.max(values[v], 0));
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) root[i * n + j] += scale * vectors[v * n + i] * vectors[v * n + j];
  }
  return root;
}

export function product(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) for (let j = 0; j < n; j++) out[i * n + j] += a[i * n + k] * b[k * n + j];
  return out;
}
