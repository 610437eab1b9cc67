/** What `ddsp train` can be told by key=value: the training configuration, and about whom. */

import * as v from 'valibot';
import { SynthGraphError } from '../engine/synth/graph';
import { ModelError } from '../model/errors';
import type { About } from '../model/model';
import { checkConfig } from '../model/schema';
import { modelTensors } from '../model/tensors';
import { datasetOptions, defaultConfig, modelConfig, type TrainConfig } from '../train/config';
import { CliError, EXIT } from './errors';
import { applyOverrides } from './overrides';

export interface Settings extends TrainConfig {
  /** kept in the model; empty fields are left out */
  readonly about: Required<About>;
}

export const defaultSettings: Settings = {
  ...defaultConfig,
  about: { name: '', authors: [], description: '', licence: '', credits: [], trainedOn: [] },
};

const count = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const positive = (most: number) => v.pipe(v.number(), v.gtValue(0), v.maxValue(most));

const presetSchema = v.object({
  synth: v.object({ preset: v.picklist(['hpnir', 'hpn']), irSeconds: positive(10) }),
});

/** What the model file does not check, because it does not keep it. */
const runSchema = v.object({
  data: v.object({
    sliceSeconds: v.pipe(positive(60), v.minValue(0.1)),
    silence: v.pipe(v.number(), v.minValue(-80), v.maxValue(60)),
    pitchMin: positive(20_000),
    pitchMax: positive(20_000),
    quietShare: share,
    quietest: v.pipe(v.number(), v.minValue(-120), v.maxValue(0)),
  }),
  loss: v.object({
    sizes: v.pipe(
      v.array(
        v.pipe(
          count(16_384),
          v.minValue(32),
          v.check((size) => Number.isInteger(Math.log2(size)), 'expected a power of two'),
        ),
      ),
      v.minLength(1),
    ),
  }),
  optimizer: v.object({
    learningRate: positive(1),
    finalShare: share,
    clipNorm: positive(1e9),
  }),
  run: v.object({
    steps: count(1e9),
    batchSize: count(4096),
    seed: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 32 - 1)),
    validationFraction: v.pipe(share, v.maxValue(0.9)),
    validateEvery: count(1e9),
    checkpointEvery: count(1e9),
  }),
});

/**
 * Reads the command line's changes and finds what is out of range before hours are spent on it.
 * @param base what is changed: the defaults, or what a checkpoint was made with
 * @throws CliError naming the field
 */
export function readSettings(assignments: readonly string[], base: Settings = defaultSettings): Settings {
  const settings = applyOverrides(base, assignments);
  if ('preset' in settings.synth) check(presetSchema, settings);
  check(runSchema, settings);
  checkSliceLength(settings);
  try {
    const config = checkConfig(modelConfig(settings));
    modelTensors(config);
    // the data's own pitch range, narrowed by the analysis', has to be a range too
    checkConfig({ ...config, analysis: datasetOptions(settings).analysis });
  } catch (cause) {
    if (!(cause instanceof ModelError || cause instanceof SynthGraphError)) throw cause;
    throw new CliError(cause.message, EXIT.usage, { cause });
  }
  return settings;
}

/** Validation looks at windows of 2048 samples; the loss at its own. */
const SHORTEST_SLICE = 2048;

function checkSliceLength({ sampleRate, data, loss }: Settings): void {
  const needed = Math.max(SHORTEST_SLICE, ...loss.sizes);
  if (data.sliceSeconds * sampleRate < needed)
    throw new CliError(
      `data.sliceSeconds: expected at least ${needed / sampleRate}, which is ${needed} samples`,
      EXIT.usage,
    );
}

function check(schema: v.GenericSchema, settings: Settings): void {
  const result = v.safeParse(schema, settings, { abortEarly: true });
  if (result.success) return;
  const [issue] = result.issues;
  throw new CliError(`${v.getDotPath(issue)}: ${issue.message}`, EXIT.usage);
}
