/** Writes ONNX files (onnx.proto3): float32 graphs whose weights are part of the file. */

import { PbfWriter } from 'pbf';

/** @property float and int: ONNX tells the two apart */
export type OnnxAttribute = { readonly float: number } | { readonly int: number };

export interface OnnxNode {
  /** operator, e.g. `Gemm` */
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface OnnxValue {
  readonly name: string;
  /** a name stands for any size */
  readonly shape: readonly (number | string)[];
}

export interface OnnxGraph {
  readonly name: string;
  /** in an order in which each finds its inputs */
  readonly nodes: readonly OnnxNode[];
  readonly tensors: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

const MODEL = { irVersion: 1, producer: 2, graph: 7, opset: 8 } as const;
const OPSET_VERSION = 2;
const GRAPH = { node: 1, name: 2, tensor: 5, input: 11, output: 12 } as const;
const NODE = { input: 1, output: 2, type: 4, attribute: 5 } as const;
const ATTRIBUTE = { name: 1, float: 2, int: 3, type: 20 } as const;
const ATTRIBUTE_TYPES = { float: 1, int: 2 } as const;
const TENSOR = { extent: 1, dataType: 2, name: 8, raw: 9 } as const;
const VALUE = { name: 1, type: 2 } as const;
const TENSOR_TYPE = { tensor: 1, element: 1, shape: 2, dimension: 1, size: 1, symbol: 2 } as const;
const FLOAT = 1;

/** of the file format, the first that goes with operator set 17 */
const IR_VERSION = 8;
/** the first with LayerNormalization */
const OPERATOR_SET = 17;

export function writeOnnx(graph: OnnxGraph): Uint8Array {
  const writer = new PbfWriter();
  writer.writeVarintField(MODEL.irVersion, IR_VERSION);
  writer.writeStringField(MODEL.producer, 'ddsp-worklet');
  writer.writeMessage(MODEL.graph, writeGraph, graph);
  writer.writeMessage(
    MODEL.opset,
    (version: number, opset: PbfWriter) => opset.writeVarintField(OPSET_VERSION, version),
    OPERATOR_SET,
  );
  return writer.finish();
}

function writeGraph({ name, nodes, tensors, inputs, outputs }: OnnxGraph, writer: PbfWriter): void {
  for (const node of nodes) writer.writeMessage(GRAPH.node, writeNode, node);
  writer.writeStringField(GRAPH.name, name);
  for (const tensor of tensors) writer.writeMessage(GRAPH.tensor, writeTensor, tensor);
  for (const value of inputs) writer.writeMessage(GRAPH.input, writeValue, value);
  for (const value of outputs) writer.writeMessage(GRAPH.output, writeValue, value);
}

function writeNode({ type, inputs, outputs, attributes = {} }: OnnxNode, writer: PbfWriter): void {
  for (const input of inputs) writer.writeStringField(NODE.input, input);
  for (const output of outputs) writer.writeStringField(NODE.output, output);
  writer.writeStringField(NODE.type, type);
  for (const attribute of Object.entries(attributes))
    writer.writeMessage(NODE.attribute, writeAttribute, attribute);
}

function writeAttribute([name, value]: [string, OnnxAttribute], writer: PbfWriter): void {
  writer.writeStringField(ATTRIBUTE.name, name);
  if ('float' in value) writer.writeFloatField(ATTRIBUTE.float, value.float);
  else writer.writeVarintField(ATTRIBUTE.int, value.int);
  writer.writeVarintField(ATTRIBUTE.type, ATTRIBUTE_TYPES['float' in value ? 'float' : 'int']);
}

function writeTensor({ name, shape, values }: OnnxTensor, writer: PbfWriter): void {
  for (const extent of shape) writer.writeVarintField(TENSOR.extent, extent);
  writer.writeVarintField(TENSOR.dataType, FLOAT);
  writer.writeStringField(TENSOR.name, name);
  writer.writeBytesField(TENSOR.raw, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

function writeValue({ name, shape }: OnnxValue, writer: PbfWriter): void {
  writer.writeStringField(VALUE.name, name);
  writer.writeMessage(VALUE.type, writeType, shape);
}

function writeType(shape: OnnxValue['shape'], writer: PbfWriter): void {
  writer.writeMessage(TENSOR_TYPE.tensor, writeTensorType, shape);
}

function writeTensorType(shape: OnnxValue['shape'], writer: PbfWriter): void {
  writer.writeVarintField(TENSOR_TYPE.element, FLOAT);
  writer.writeMessage(TENSOR_TYPE.shape, writeShape, shape);
}

function writeShape(shape: OnnxValue['shape'], writer: PbfWriter): void {
  for (const size of shape) writer.writeMessage(TENSOR_TYPE.dimension, writeDimension, size);
}

function writeDimension(size: number | string, writer: PbfWriter): void {
  if (typeof size === 'string') writer.writeStringField(TENSOR_TYPE.symbol, size);
  else writer.writeVarintField(TENSOR_TYPE.size, size);
}
