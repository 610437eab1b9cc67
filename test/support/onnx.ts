/**
 * ONNX files of CREPE's shape that really hear pitch: each bin's activation is how much of the frame is a
 * sine of its frequency, cubed.
 */

import { writeOnnx } from '../../src/model/export/onnx/file';

export interface PitchOnnx {
  /** frames a run takes; default: any number */
  readonly batch?: number;
  readonly frame?: number;
  readonly bins?: number;
  readonly input?: string;
  readonly output?: string;
  /** a second output, as networks with side products have */
  readonly extra?: boolean;
}

export function pitchOnnx(options: PitchOnnx = {}): Uint8Array {
  const { batch, frame = 1024, bins = 360, input = 'frames', output = 'activation', extra } = options;
  const hann = Array.from({ length: frame }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / frame));
  const time = Array.from({ length: frame }, (_, n) => (2 * Math.PI * n) / 16_000);
  const hertz = Array.from({ length: bins }, (_, b) => 10 * 2 ** ((1997.3794084376191 + 20 * b) / 1200));
  // a sine of power 1 has |X| = sqrt(1/2) * sum of the window
  const full = hann.reduce((sum, v) => sum + v, 0) ** 2 / 2;
  const tensors = [
    { name: 'time', shape: [frame, 1], values: Float32Array.from(time) },
    { name: 'hertz', shape: [1, bins], values: Float32Array.from(hertz) },
    { name: 'hann', shape: [1, frame], values: Float32Array.from(hann) },
    { name: 'full', shape: [1], values: Float32Array.from([full]) },
    { name: 'three', shape: [1], values: Float32Array.from([3]) },
  ];
  const node = (type: string, output: string, ...inputs: string[]) => ({ type, inputs, outputs: [output] });
  const nodes = [
    node('MatMul', 'phase', 'time', 'hertz'),
    node('Cos', 'cos', 'phase'),
    node('Sin', 'sin', 'phase'),
    node('Mul', 'windowed', input, 'hann'),
    node('MatMul', 'a', 'windowed', 'cos'),
    node('MatMul', 'b', 'windowed', 'sin'),
    node('Mul', 'aa', 'a', 'a'),
    node('Mul', 'bb', 'b', 'b'),
    node('Add', 'power', 'aa', 'bb'),
    node('Div', 'share', 'power', 'full'),
    node('Pow', output, 'share', 'three'),
  ];
  const rows = batch ?? 'n';
  const outputs = [{ name: output, shape: [rows, bins] }];
  if (extra) outputs.push({ name: 'power', shape: [rows, bins] });
  return writeOnnx({
    name: 'pitch',
    nodes,
    tensors,
    inputs: [{ name: input, shape: [rows, frame] }],
    outputs,
  });
}
