/** The decoder of realtimeDDSP, whose tensors have the names of this library's. */

import { DEFAULT_INPUTS } from '../../../decoder/inputs';
import { decoderTensors } from '../../../decoder/layout';
import { ImportError } from '../errors';

const PREFIX = 'estimator.';
const WIDEST = 4096;

export interface NamedTensor {
  readonly shape: readonly number[];
  values(): Float32Array<ArrayBuffer>;
}

/**
 * @param find a tensor by its name in the estimator
 * @param outputs of the file's decoder
 * @param rows for each output wanted, the file's output
 * @throws ImportError `tensor`
 */
export function convertDecoder(
  find: (name: string) => NamedTensor | undefined,
  outputs: number,
  rows: readonly number[],
): { hidden: number; tensors: Record<string, Float32Array> } {
  const hidden = find('out.weight')?.shape[1] ?? 0;
  if (hidden < 1 || hidden > WIDEST)
    throw new ImportError(
      'tensor',
      `tensor ${PREFIX}out.weight is missing, or not of a width from 1 to ${WIDEST}`,
    );
  const tensors: Record<string, Float32Array> = {};
  for (const { name, shape } of decoderTensors(hidden, outputs, DEFAULT_INPUTS.length)) {
    const tensor = find(name);
    if (!tensor) throw new ImportError('tensor', `tensor ${PREFIX}${name} is missing`);
    if (tensor.shape.join() !== shape.join())
      throw new ImportError(
        'tensor',
        `tensor ${PREFIX}${name} has shape [${tensor.shape}], expected [${shape}]`,
      );
    const values = tensor.values();
    tensors[PREFIX + name] = name.startsWith('out.') ? pick(values, rows, outputs) : values;
  }
  return { hidden, tensors };
}

/** Rows of a matrix, or values of a bias, in another order. */
function pick(values: Float32Array<ArrayBuffer>, rows: readonly number[], outputs: number): Float32Array {
  if (rows.length === outputs && rows.every((row, i) => row === i)) return values;
  const width = values.length / outputs;
  const picked = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    picked.set(values.subarray(row * width, (row + 1) * width), i * width);
  });
  return picked;
}
