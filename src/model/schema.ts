/** The metadata of a model file: its fields, their types and their ranges. */

import * as v from 'valibot';
import { DEFAULT_INPUTS, decoderInput } from '../decoder/inputs';
import { articulationSchema } from './articulation-schema';
import { ModelError } from './errors';
import { between, explain, oneOf, shorten, text, texts, whole } from './fields';
import type { Model, ModelConfig, SynthGraph } from './model';

/** A model without its tensors. */
export type Metadata = Omit<Model, 'tensors'>;

/** The shortest lag, in samples, that can carry a pitch. */
const SHORTEST_LAG = 2;
/** The shortest hop, in samples. */
const SHORTEST_HOP = 16;

const name = v.pipe(
  v.string('a name'),
  v.regex(/^[A-Za-z_]\w{0,63}$/, 'a name of letters, digits and underscores, at most 64'),
);

const FILE_NAME = 'the name of an .onnx file, without folders';
const fileName = v.pipe(v.string(FILE_NAME), v.regex(/^\w[\w .-]{0,99}\.onnx$/, FILE_NAME));

function ascending<const Schema extends v.GenericSchema<number>>(value: Schema) {
  const expected = 'three ascending numbers';
  return v.pipe(
    v.strictTuple([value, value, value], expected),
    v.check(([low, middle, high]) => low <= middle && middle <= high, expected),
  );
}

/** One processor of a graph. */
export const processorFields = {
  name,
  type: name,
  inputs: v.optional(v.record(name, name)),
  options: v.optional(v.record(name, v.pipe(v.number('a number'), v.finite('a finite number')))),
};

/** The processors of a graph. */
export function processorList<const Schema extends v.GenericSchema>(processor: Schema) {
  const expected = 'a list of 1 to 32 processors';
  return v.pipe(v.array(processor, expected), v.minLength(1, expected), v.maxLength(32, expected));
}

const INPUTS = 'a list of decoder inputs that begins with f0 and loudness, each named once';

function areInputs(names: readonly string[]): boolean {
  const begin = DEFAULT_INPUTS.every((name, i) => names[i] === name);
  return begin && new Set(names).size === names.length && names.every((name) => decoderInput(name));
}

/** The fields that a model has before it is trained. */
export const configFields = {
  sampleRate: whole(8000, 192_000),
  frameRate: between(10, 1000),
  analysis: v.strictObject({
    window: v.pipe(whole(64, 16_384), v.multipleOf(2, 'an even number')),
    pitchMin: between(10, 20_000),
    pitchMax: between(10, 20_000),
    threshold: between(0.001, 1),
    dip: v.optional(oneOf('first', 'clear')),
  }),
  decoder: v.strictObject({
    hidden: whole(1, 4096),
    inputScale: oneOf('linear', 'log'),
    inputs: v.optional(
      v.pipe(
        v.array(v.string(INPUTS), INPUTS),
        v.check((names) => areInputs(names), INPUTS),
      ),
    ),
  }),
  synth: v.strictObject({
    processors: processorList(v.strictObject(processorFields)),
  }),
};

/** Fields in which a model describes itself. */
export const aboutFields = {
  name: text(200),
  authors: texts(100, 1000),
  description: text(20_000),
  licence: text(20_000),
  credits: texts(100, 1000),
  trainedOn: texts(100, 1000),
};

const schema = v.object({
  ...configFields,
  decoder: v.strictObject({
    ...configFields.decoder.entries,
    inputScale: oneOf('linear', 'log', 'hertz'),
    loudness: v.optional(v.strictObject({ mean: between(-200, 200), deviation: between(0.1, 200) })),
    architecture: v.optional(
      v.strictObject({
        stacks: oneOf('joint', 'separate'),
        skip: oneOf('none', 'inputs', 'stacks'),
        slope: between(0, 1),
        epsilon: between(0, 1),
      }),
    ),
    network: v.optional(fileName),
  }),
  articulation: v.optional(articulationSchema),
  statistics: v.strictObject({
    f0: ascending(between(1, 96_000)),
    loudness: ascending(between(-80, 200)),
  }),
  about: v.strictObject({
    ...v.partial(v.object(aboutFields)).entries,
    name: v.pipe(aboutFields.name, v.minLength(1, 'a name')),
  }),
});

/**
 * Checks every field, and that the fields fit each other.
 * @throws ModelError `metadata` or `graph`, naming the field and what was expected
 */
export function checkMetadata(value: unknown): Metadata {
  const metadata = parse(schema, value);
  checkFields(metadata);
  const [, , highest] = metadata.statistics.f0;
  if (highest > metadata.sampleRate / 2)
    throw new ModelError('metadata', `statistics.f0: expected at most sampleRate / 2, found ${highest}`);
  return metadata;
}

function parse<const Schema extends v.GenericSchema>(fields: Schema, value: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(fields, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new ModelError('metadata', `${shorten(v.getDotPath(issue) ?? 'metadata')}: ${explain(issue)}`);
}

function checkFields(config: ModelConfig): void {
  const conflict = findConflict(config);
  if (conflict) throw new ModelError('metadata', `${conflict.field}: ${conflict.problem}`);
  checkGraph(config.synth);
}

/** A field that is in range but does not fit another field. */
export interface Conflict {
  readonly field: string;
  readonly problem: string;
}

/** The first conflict among rates and analysis. */
export function findConflict({
  sampleRate,
  frameRate,
  analysis,
}: Pick<ModelConfig, 'sampleRate' | 'frameRate' | 'analysis'>): Conflict | undefined {
  const { window, pitchMin, pitchMax } = analysis;
  const conflict = (field: string, expected: string, found: number) => ({
    field,
    problem: `expected ${expected}, found ${found}`,
  });
  if (sampleRate / frameRate < SHORTEST_HOP)
    return conflict('frameRate', `at most sampleRate / ${SHORTEST_HOP}`, frameRate);
  if (pitchMin >= pitchMax) return conflict('analysis.pitchMin', `less than pitchMax, ${pitchMax}`, pitchMin);
  if (sampleRate / pitchMax < SHORTEST_LAG)
    return conflict('analysis.pitchMax', `at most sampleRate / ${SHORTEST_LAG}`, pitchMax);
  if (sampleRate / pitchMin > window)
    return conflict(
      'analysis.pitchMin',
      `at least sampleRate / window = ${sampleRate / window}, so that a period fits the window`,
      pitchMin,
    );
  // the same count of lags as in src/analysis/analyser.ts
  const longest = Math.min(Math.ceil(sampleRate / pitchMin) - 1, Math.floor((3 * window) / 4));
  if (Math.ceil(sampleRate / pitchMax) >= longest)
    return conflict('analysis.pitchMax', 'a range of two lags or more, within 3/4 of the window', pitchMax);
}

/** Checks that names are unique and that every audio input names an earlier processor. */
function checkGraph({ processors }: SynthGraph): void {
  const ran = new Set<string>();
  for (const { name, inputs = {} } of processors) {
    for (const [input, source] of Object.entries(inputs)) {
      if (!ran.has(source))
        throw new ModelError(
          'graph',
          `synth graph: input ${input} of ${name} is fed by ${source}, which is not an earlier processor`,
        );
    }
    if (ran.has(name)) throw new ModelError('graph', `synth graph: two processors are called ${name}`);
    ran.add(name);
  }
}
