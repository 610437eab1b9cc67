/** A processor of realtimeDDSP: as a file describes it, and what is known of its kind. */

import { ImportError } from '../errors';

export interface ForeignProcessor {
  readonly name: string;
  /** the class's own name, e.g. `Harmonic` */
  readonly kind: string;
  option(name: string): unknown;
  /** a learned tensor or buffer; undefined where there is none */
  tensor(name: string): Float32Array<ArrayBuffer> | undefined;
  /** input -> name of a processor, of a control or of a condition */
  readonly connections: ReadonlyMap<string, string>;
}

/** What a processor becomes here. */
export interface Converted {
  readonly type: string;
  readonly options?: Readonly<Record<string, number>>;
  readonly tensors?: Readonly<Record<string, Float32Array>>;
  /** how it differs from the original, a sentence */
  readonly note?: string;
}

export interface Kind {
  /** audio inputs: its own name -> this library's */
  readonly audio: Readonly<Record<string, string>>;
  /** the input that pitch is connected to */
  readonly pitch?: string;
  /** names and sizes of its controls, in its class's order, which is this library's too */
  controls(processor: ForeignProcessor): readonly (readonly [name: string, size: number])[];
  /** @throws ImportError `unsupported` */
  convert(processor: ForeignProcessor, sampleRate: number): Converted;
}

/** The model file's limit. */
const MOST_PROCESSORS = 32;

/** @throws ImportError `unsupported` */
export function checkProcessorCount(count: number): void {
  if (count === 0 || count > MOST_PROCESSORS)
    throw new ImportError(
      'unsupported',
      `the graph has ${count} processors, expected 1 to ${MOST_PROCESSORS}`,
    );
}

/** An error that names the processor. */
export function refused(
  { name, kind }: Pick<ForeignProcessor, 'name' | 'kind'>,
  problem: string,
): ImportError {
  const short = (text: string) => text.slice(0, 60);
  return new ImportError('unsupported', `processor "${short(name)}" (${short(kind)}): ${problem}`);
}

/** An option that is a whole number. @throws ImportError `unsupported` */
export function count(
  processor: ForeignProcessor,
  name: string,
  fallback: number,
  low: number,
  high: number,
): number {
  const value = processor.option(name) ?? fallback;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < low || value > high)
    throw refused(
      processor,
      `${name} is ${String(value).slice(0, 40)}, expected a whole number from ${low} to ${high}`,
    );
  return value;
}

/** A learned tensor. @throws ImportError `tensor` */
export function learned(processor: ForeignProcessor, name: string): Float32Array<ArrayBuffer> {
  const values = processor.tensor(name);
  if (!values || values.length === 0)
    throw new ImportError(
      'tensor',
      `processor "${processor.name}" (${processor.kind}): its tensor ${name} is missing`,
    );
  return values;
}
