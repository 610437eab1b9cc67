/**
 * ONNX files of CREPE's shape that really hear pitch: each bin's activation is how much of the frame is a
 * sine of its frequency, cubed. Written as protocol buffers by hand (onnx.proto3, opset 13).
 */

import { PbfWriter as Writer } from 'pbf';

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

interface OnnxNode {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly output: string;
}

interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

const FLOAT = 1;

export function pitchOnnx(options: PitchOnnx = {}): Uint8Array {
  const { batch, frame = 1024, bins = 360, input = 'frames', output = 'activation', extra } = options;
  const hann = Array.from({ length: frame }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / frame));
  const time = Array.from({ length: frame }, (_, n) => (2 * Math.PI * n) / 16_000);
  const hertz = Array.from({ length: bins }, (_, b) => 10 * 2 ** ((1997.3794084376191 + 20 * b) / 1200));
  // a sine of power 1 has |X| = sqrt(1/2) * sum of the window
  const full = hann.reduce((sum, v) => sum + v, 0) ** 2 / 2;
  const tensors = [
    { name: 'time', shape: [frame, 1], values: time },
    { name: 'hertz', shape: [1, bins], values: hertz },
    { name: 'hann', shape: [1, frame], values: hann },
    { name: 'full', shape: [1], values: [full] },
    { name: 'three', shape: [1], values: [3] },
  ];
  const node = (type: string, output: string, ...inputs: string[]): OnnxNode => ({ type, inputs, output });
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
  const writer = new Writer();
  writer.writeVarintField(1, 8);
  writer.writeMessage(7, writeGraph, {
    nodes,
    tensors,
    inputs: [{ name: input, shape: [rows, frame] }],
    outputs,
  });
  writer.writeMessage(8, (version: number, opset: Writer) => opset.writeVarintField(2, version), 13);
  return writer.finish();
}

interface OnnxValue {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly tensors: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

function writeGraph({ nodes, tensors, inputs, outputs }: OnnxGraph, writer: Writer): void {
  for (const node of nodes) writer.writeMessage(1, writeNode, node);
  writer.writeStringField(2, 'pitch');
  for (const tensor of tensors) writer.writeMessage(5, writeTensor, tensor);
  for (const value of inputs) writer.writeMessage(11, writeValue, value);
  for (const value of outputs) writer.writeMessage(12, writeValue, value);
}

function writeNode({ type, inputs, output }: OnnxNode, writer: Writer): void {
  for (const input of inputs) writer.writeStringField(1, input);
  writer.writeStringField(2, output);
  writer.writeStringField(4, type);
}

function writeTensor({ name, shape, values }: OnnxTensor, writer: Writer): void {
  for (const size of shape) writer.writeVarintField(1, size);
  writer.writeVarintField(2, FLOAT);
  writer.writePackedFloat(4, [...values]);
  writer.writeStringField(8, name);
}

function writeValue({ name, shape }: OnnxValue, writer: Writer): void {
  writer.writeStringField(1, name);
  writer.writeMessage(2, writeType, shape);
}

function writeType(shape: readonly (number | string)[], writer: Writer): void {
  writer.writeMessage(1, writeTensorType, shape);
}

function writeTensorType(shape: readonly (number | string)[], writer: Writer): void {
  writer.writeVarintField(1, FLOAT);
  writer.writeMessage(2, writeShape, shape);
}

function writeShape(shape: readonly (number | string)[], writer: Writer): void {
  for (const size of shape) writer.writeMessage(1, writeDimension, size);
}

function writeDimension(size: number | string, writer: Writer): void {
  if (typeof size === 'string') writer.writeStringField(2, size);
  else writer.writeVarintField(1, size);
}
