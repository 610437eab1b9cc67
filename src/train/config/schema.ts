/**
 * Every key of a configuration: its type and its range. Types and defaults are in config.ts; what keys must
 * be to each other is in conflicts.ts.
 *
 * Kinds (presets, schedules) are variants by name. Their own keys are optional with a default, so that naming a
 * kind is enough; a kind without keys may be written as its name alone.
 */

import * as v from 'valibot';
import { between, oneOf, whole } from '../../model/fields';
import { aboutFields, configFields } from '../../model/schema';
import { filteredNoise } from '../../synth/filtered-noise/play';
import { harmonic } from '../../synth/harmonic/play';
import { FIGURE_NAMES } from '../learn/metrics/figures';
import { presetDefaults, scheduleDefaults, type TrainConfig } from './config';
import { isRecord } from './keys';

const share = between(0, 1);
const often = whole(1, 1e9);

function above0(high: number) {
  const expected = `a number above 0, at most ${high}`;
  return v.pipe(v.number(expected), v.gtValue(0, expected), v.maxValue(high, expected));
}

function powerOf2(low: number, high: number) {
  const expected = `a power of two from ${low} to ${high}`;
  const fits = (size: number) => size >= low && size <= high && Number.isInteger(Math.log2(size));
  return v.pipe(v.number(expected), v.check(fits, expected));
}

const data = v.strictObject({
  sliceSeconds: between(0.1, 60),
  silence: between(-80, 60),
  pitchMin: between(10, 20_000),
  pitchMax: between(10, 20_000),
  f0: v.strictObject({
    tracker: oneOf('yin', 'neural'),
    viterbi: v.boolean('true or false'),
    network: v.string('a path'),
  }),
  validationFraction: between(0, 0.9),
  quietShare: share,
  quietest: between(-120, 0),
});

const { synth: graph, ...shape } = configFields;

const model = v.strictObject({ ...shape, about: v.strictObject(aboutFields) });

const harmonics = whole(harmonic.options.harmonics.min, harmonic.options.harmonics.max);
const bands = whole(filteredNoise.options.bands.min, filteredNoise.options.bands.max);

const synth = v.variant('preset', [
  v.strictObject({
    preset: v.literal('hpnir'),
    harmonics: v.optional(harmonics, presetDefaults.hpnir.harmonics),
    bands: v.optional(bands, presetDefaults.hpnir.bands),
    irSeconds: v.optional(above0(10), presetDefaults.hpnir.irSeconds),
  }),
  v.strictObject({
    preset: v.literal('hpn'),
    harmonics: v.optional(harmonics, presetDefaults.hpn.harmonics),
    bands: v.optional(bands, presetDefaults.hpn.bands),
  }),
  v.strictObject({ preset: v.exactOptional(v.never()), ...graph.entries }),
]);

const SIZES = 'a list of at least one size';
const sizes = v.pipe(v.array(powerOf2(32, 16_384), SIZES), v.minLength(1, SIZES));

const HOP = 'a share of the size, above 0 to 1, or whole samples to 16384';
const hop = v.pipe(
  v.number(HOP),
  v.gtValue(0, HOP),
  v.maxValue(16_384, HOP),
  v.check((value) => value <= 1 || Number.isInteger(value), HOP),
);

const amount = between(0, 1e6);
const weight = v.lazy((given) => (isRecord(given) ? linear : amount));
const linear = v.strictObject({ kind: v.literal('linear'), from: amount, to: amount, steps: often });

const TERMS = 'a list of at least one term';
const term = v.strictObject({
  kind: oneOf('power', 'magnitude', 'log'),
  weight,
  sizes: v.optional(sizes),
  hop: v.optional(hop),
});
const loss = v.strictObject({
  sizes,
  hop,
  terms: v.pipe(v.array(term, TERMS), v.minLength(1, TERMS)),
});

const optimizer = v.strictObject({
  learningRate: above0(1),
  schedule: v.variant('kind', [
    v.strictObject({ kind: v.literal('constant') }),
    v.strictObject({
      kind: v.literal('cosine'),
      finalShare: v.optional(share, scheduleDefaults.cosine.finalShare),
    }),
  ]),
  clipNorm: above0(1e9),
});

const trainer = v.strictObject({
  steps: often,
  batchSize: whole(1, 4096),
  seed: whole(0, 2 ** 32 - 1),
  validateEvery: often,
  checkpointEvery: often,
  best: oneOf(...FIGURE_NAMES),
  patience: whole(0, 1e9),
  keep: whole(0, 1e6),
});

export const configSchema = v.strictObject({
  data,
  model,
  synth,
  loss,
  optimizer,
  trainer,
}) satisfies v.GenericSchema<unknown, TrainConfig>;
