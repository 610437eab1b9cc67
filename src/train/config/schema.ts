/** Which values a configuration may hold: every key's type and range, and the keys against each other. */

import * as v from 'valibot';
import { SynthGraphError } from '../../engine/synth/graph';
import { ModelError } from '../../model/errors';
import { checkConfig } from '../../model/schema';
import { modelTensors } from '../../model/tensors';
import { hopSamples } from '../loss/terms';
import { FIGURE_NAMES } from '../metrics/figures';
import type { TrainConfig } from './config';
import { ConfigError } from './error';
import { datasetOptions, modelConfig } from './parts';

const count = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));
const countOrNone = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(most));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const positive = (most: number) => v.pipe(v.number(), v.gtValue(0), v.maxValue(most));

const presetSchema = v.object({
  synth: v.object({ preset: v.picklist(['hpnir', 'hpn']), irSeconds: v.optional(positive(10)) }),
});

const sizes = v.pipe(
  v.array(
    v.pipe(
      count(16_384),
      v.minValue(32),
      v.check((size) => Number.isInteger(Math.log2(size)), 'expected a power of two'),
    ),
  ),
  v.minLength(1),
);
const hop = v.pipe(
  positive(16_384),
  v.check(
    (value) => value <= 1 || Number.isInteger(value),
    'expected a share of the size (up to 1) or whole samples',
  ),
);
const weight = v.pipe(v.number(), v.minValue(0), v.maxValue(1e6));
const linear = v.strictObject({
  kind: v.literal('linear'),
  from: weight,
  to: weight,
  steps: count(1e9),
});

/** What the model file does not check, because it does not keep it. */
const runSchema = v.object({
  data: v.object({
    sliceSeconds: v.pipe(positive(60), v.minValue(0.1)),
    silence: v.pipe(v.number(), v.minValue(-80), v.maxValue(60)),
    pitchMin: positive(20_000),
    pitchMax: positive(20_000),
    validationFraction: v.pipe(share, v.maxValue(0.9)),
    quietShare: share,
    quietest: v.pipe(v.number(), v.minValue(-120), v.maxValue(0)),
  }),
  loss: v.object({
    sizes,
    hop,
    terms: v.pipe(
      v.array(
        v.strictObject({
          kind: v.picklist(['power', 'magnitude', 'log']),
          weight: v.lazy((given) => (typeof given === 'object' ? linear : weight)),
          sizes: v.optional(sizes),
          hop: v.optional(hop),
        }),
      ),
      v.minLength(1),
    ),
  }),
  optimizer: v.object({
    learningRate: positive(1),
    schedule: v.variant('kind', [
      v.object({ kind: v.literal('constant') }),
      v.object({ kind: v.literal('cosine'), finalShare: share }),
    ]),
    clipNorm: positive(1e9),
  }),
  trainer: v.object({
    steps: count(1e9),
    batchSize: count(4096),
    seed: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 32 - 1)),
    validateEvery: count(1e9),
    checkpointEvery: count(1e9),
    best: v.picklist(FIGURE_NAMES),
    patience: countOrNone(1e9),
    keep: countOrNone(1e6),
  }),
});

/**
 * Finds what is out of range before hours are spent on it.
 * @throws ConfigError naming the key
 */
export function checkTrainConfig(config: TrainConfig): void {
  if ('preset' in config.synth) check(presetSchema, config);
  check(runSchema, config);
  checkSliceLength(config);
  checkHops(config);
  try {
    const model = checkConfig(modelConfig(config));
    modelTensors(model);
    // the data's own pitch range, narrowed by the analysis', has to be a range too
    checkConfig({ ...model, analysis: datasetOptions(config).analysis });
  } catch (cause) {
    if (!(cause instanceof ModelError || cause instanceof SynthGraphError)) throw cause;
    throw new ConfigError(cause.message, { cause });
  }
}

/** Validation looks at windows of 2048 samples; the loss at its own. */
const SHORTEST_SLICE = 2048;

function checkSliceLength({ model: { sampleRate }, data, loss }: TrainConfig): void {
  const sizes = loss.terms.flatMap((term) => term.sizes ?? loss.sizes);
  const needed = Math.max(SHORTEST_SLICE, ...sizes);
  if (data.sliceSeconds * sampleRate < needed)
    throw new ConfigError(
      `data.sliceSeconds: expected at least ${needed / sampleRate}, which is ${needed} samples`,
    );
}

function checkHops({ loss }: TrainConfig): void {
  loss.terms.forEach(({ sizes = loss.sizes, hop }, i) => {
    const smallest = Math.min(...sizes);
    if (hopSamples(hop ?? loss.hop, smallest) > smallest)
      throw new ConfigError(
        `${hop === undefined ? 'loss.hop' : `loss.terms.${i}.hop`}: expected at most ${smallest} samples, ` +
          'the smallest size: beyond it samples between frames would not count',
      );
  });
}

function check(schema: v.GenericSchema, config: TrainConfig): void {
  const result = v.safeParse(schema, config, { abortEarly: true });
  if (result.success) return;
  const [issue] = result.issues;
  throw new ConfigError(`${v.getDotPath(issue)}: ${issue.message}`);
}
