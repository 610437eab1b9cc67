/** Functions given by tables of values, with linear interpolation. */

/**
 * One period of a wave, read at the pace of the pitch; phase 0 is the table's first value, phase 1 its last.
 * @param out n floats
 * @param phase n u32 of which 2^32 is a cycle: the sum of the pitch up to and including each sample; the sample's
 *   own pitch is taken off again, so that the first sample of a stream has phase 0
 * @param weight n values: the later frame's share of the pitch
 * @param table size floats
 */
export function tableWave(
  out: usize,
  phase: usize,
  weight: usize,
  fromHz: f32,
  toHz: f32,
  sampleRate: f32,
  table: usize,
  size: i32,
  n: i32,
): void {
  const cycle: f64 = 1.0 / 4294967296.0;
  const steps = <f64>(size - 1);
  while (n > 0) {
    const step = <f64>((fromHz + (toHz - fromHz) * load<f32>(weight)) / sampleRate);
    let at = <f64>load<u32>(phase) * cycle - step;
    at -= floor(at);
    store<f32>(out, valueAt(table, size, at * steps));
    out += 4;
    phase += 4;
    weight += 4;
    n--;
  }
}

/**
 * out += mix * table(index * x + bias), n values. The table spans -reach..reach; beyond it falls to 0 within one of
 * its steps.
 * @param x n floats, as out, index, bias and mix
 */
export function addShaped(
  out: usize,
  x: usize,
  index: usize,
  bias: usize,
  mix: usize,
  table: usize,
  size: i32,
  reach: f32,
  n: i32,
): void {
  const scale = <f64>(size - 1) / (2 * <f64>reach);
  while (n > 0) {
    const value = load<f32>(x) * (2 * load<f32>(index) - 1) + (2 * load<f32>(bias) - 1);
    const at = (<f64>value + <f64>reach) * scale;
    store<f32>(out, load<f32>(out) + load<f32>(mix) * valueAt(table, size, at));
    out += 4;
    x += 4;
    index += 4;
    bias += 4;
    mix += 4;
    n--;
  }
}

/** At a place between values; values outside of the table are 0. */
function valueAt(table: usize, size: i32, at: f64): f32 {
  // written so that NaN is outside
  if (!(at > -1 && at < <f64>size)) return 0;
  const whole = floor(at);
  const share = <f32>(at - whole);
  const below = <i32>whole;
  const entry = table + ((<usize>max(below, 0)) << 2);
  const low: f32 = below >= 0 ? load<f32>(entry) : 0;
  const next = table + ((<usize>min(below + 1, size - 1)) << 2);
  const high: f32 = below + 1 < size ? load<f32>(next) : 0;
  return low + share * (high - low);
}
