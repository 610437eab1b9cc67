/** Whole signals: added, moved, silenced. */

/** y = a + b, n floats; y may be a or b. */
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

/** y = x, n floats; they may overlap. */
export function move(y: usize, x: usize, n: i32): void {
  memory.copy(y, x, (<usize>n) << 2);
}

/** y = 0, n floats. */
export function silence(y: usize, n: i32): void {
  memory.fill(y, 0, (<usize>n) << 2);
}
