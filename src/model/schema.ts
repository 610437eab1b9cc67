/** The metadata of a model file: which fields there are, their types and their ranges. */

import * as v from 'valibot';
import { ModelError } from './errors';
import type { Model, ModelConfig, SynthGraph } from './model';

/** All of a model but its tensors. */
export type Metadata = Omit<Model, 'tensors'>;

/** Lags of one or two samples carry no pitch. */
const SHORTEST_LAG = 2;
/** Frames closer together than this are no frames. */
const SHORTEST_HOP = 16;

const between = (low: number, high: number) =>
  v.pipe(v.number(), v.finite(), v.minValue(low), v.maxValue(high));
const whole = (low: number, high: number) => v.pipe(between(low, high), v.integer());
const text = (longest: number) => v.pipe(v.string(), v.maxLength(longest));
const texts = v.optional(v.pipe(v.array(text(1000)), v.maxLength(100)));
const name = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z_]\w{0,63}$/, 'expected a name of letters, digits and underscores, at most 64'),
);

function ascending<const Schema extends v.GenericSchema<number>>(value: Schema) {
  return v.pipe(
    v.strictTuple([value, value, value]),
    v.check(([low, middle, high]) => low <= middle && middle <= high, 'expected three ascending numbers'),
  );
}

const node = v.strictObject({
  name,
  type: name,
  inputs: v.optional(v.record(name, name)),
  options: v.optional(v.record(name, v.pipe(v.number(), v.finite()))),
});

const configSchema = v.object({
  sampleRate: whole(8000, 192_000),
  frameRate: between(10, 1000),
  analysis: v.strictObject({
    window: v.pipe(whole(64, 16_384), v.multipleOf(2)),
    pitchMin: between(10, 20_000),
    pitchMax: between(10, 20_000),
    threshold: between(0.001, 1),
    dip: v.optional(v.picklist(['first', 'clear'])),
  }),
  decoder: v.strictObject({
    hidden: whole(1, 4096),
    inputScale: v.picklist(['linear', 'log']),
  }),
  synth: v.strictObject({ processors: v.pipe(v.array(node), v.minLength(1), v.maxLength(32)) }),
});

const schema = v.object({
  ...configSchema.entries,
  statistics: v.strictObject({
    f0: ascending(between(1, 96_000)),
    loudness: ascending(between(-80, 200)),
  }),
  about: v.strictObject({
    name: v.pipe(text(200), v.minLength(1)),
    authors: texts,
    description: v.optional(text(20_000)),
    licence: v.optional(text(20_000)),
    credits: texts,
    trainedOn: texts,
  }),
});

/**
 * Checks every field, and the fields against each other.
 * @throws ModelError `metadata` or `graph`, naming the field and what was expected
 */
export function checkMetadata(value: unknown): Metadata {
  const metadata = parse(schema, value);
  checkFields(metadata);
  const [, , highest] = metadata.statistics.f0;
  demand(highest <= metadata.sampleRate / 2, 'statistics.f0', 'at most sampleRate / 2', highest);
  return metadata;
}

/** The same for what is known of a model before it is trained. */
export function checkConfig(value: unknown): ModelConfig {
  const config = parse(configSchema, value);
  checkFields(config);
  return config;
}

function parse<const Schema extends v.GenericSchema>(fields: Schema, value: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(fields, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new ModelError('metadata', `${v.getDotPath(issue) ?? 'metadata'}: ${issue.message}`);
}

function checkFields({ sampleRate, frameRate, analysis, synth }: ModelConfig): void {
  const { window, pitchMin, pitchMax } = analysis;
  demand(
    sampleRate / frameRate >= SHORTEST_HOP,
    'frameRate',
    `at most sampleRate / ${SHORTEST_HOP}`,
    frameRate,
  );
  demand(pitchMin < pitchMax, 'analysis.pitchMin', `less than pitchMax, ${pitchMax}`, pitchMin);
  demand(
    sampleRate / pitchMax >= SHORTEST_LAG,
    'analysis.pitchMax',
    `at most sampleRate / ${SHORTEST_LAG}`,
    pitchMax,
  );
  demand(
    sampleRate / pitchMin <= window,
    'analysis.pitchMin',
    `at least sampleRate / window = ${sampleRate / window}, so that a period fits the window`,
    pitchMin,
  );
  checkGraph(synth);
}

function demand(holds: boolean, field: string, expected: string, actual: number): void {
  if (!holds) throw new ModelError('metadata', `${field}: expected ${expected}, found ${actual}`);
}

/** Names are unique, and every audio input is fed by a processor that runs before it. */
function checkGraph({ processors }: SynthGraph): void {
  const ran = new Set<string>();
  for (const { name, inputs = {} } of processors) {
    for (const [input, source] of Object.entries(inputs)) {
      if (!ran.has(source))
        throw new ModelError(
          'graph',
          `synth graph: input ${input} of ${name} is fed by ${source}, which is no processor before it`,
        );
    }
    if (ran.has(name)) throw new ModelError('graph', `synth graph: two processors are called ${name}`);
    ran.add(name);
  }
}
