/** Merges changes into the defaults and checks the result. */

import * as v from 'valibot';
import { defaultConfig, type TrainConfig } from './config';
import { findConfigConflict } from './conflicts';
import { ConfigError } from './error';
import { fieldOf, showPath } from './keys';
import { ConfigLayer } from './layer';
import { merge } from './merge';
import { noItem, noSection, unknownKey, wrongValue } from './problems';
import { renameFormerKeys } from './renamed';
import { configSchema } from './schema';

/** Part of a tree; a kind may be given by its name alone. */
type Changes<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [Key in keyof T]?: Changes<T[Key]> } | NameOf<T>
    : T;

type NameOf<T> = T extends { readonly preset: infer Name } | { readonly kind: infer Name } ? Name : never;

/** Any part of a configuration. */
export type ConfigChanges = Changes<TrainConfig>;

const schema = fieldOf(configSchema);

/**
 * @param changes parts of a configuration; the first overrides the defaults, later ones override earlier ones. A
 *   `ConfigLayer` (from a file or a command line) knows where its keys stand
 * @returns a complete and valid configuration
 * @throws ConfigError for an unknown key (naming the nearest one), a value of the wrong type or out of range,
 *   values that exclude each other, or a synth graph that cannot be built
 */
export function resolveConfig(...changes: readonly (ConfigChanges | ConfigLayer)[]): TrainConfig {
  const layers = changes.map((change) => (change instanceof ConfigLayer ? change : new ConfigLayer(change)));
  const config = fitPitchRange(layers.reduce<TrainConfig>(layOver, defaultConfig), layers);
  const conflict = findConfigConflict(config);
  if (!conflict) return config;
  const { key, paths, problem } = conflict;
  for (const layer of [...layers].reverse()) {
    const path = paths.find((candidate) => layer.has(candidate));
    if (path) throw refusal(layer.locate(path), key, problem);
  }
  throw refusal('', key, problem);
}

/** The default range of the instrument never exceeds what the analysis hears. */
function fitPitchRange(config: TrainConfig, layers: readonly ConfigLayer[]): TrainConfig {
  const isSet = (key: string) => layers.some((layer) => layer.has(['data', key]));
  const { analysis } = config.model;
  const { pitchMin, pitchMax } = config.data;
  const data = {
    ...config.data,
    pitchMin: isSet('pitchMin') ? pitchMin : Math.max(pitchMin, analysis.pitchMin),
    pitchMax: isSet('pitchMax') ? pitchMax : Math.min(pitchMax, analysis.pitchMax),
  };
  return { ...config, data };
}

function layOver(config: TrainConfig, layer: ConfigLayer): TrainConfig {
  const merged = merge(schema, config, renameFormerKeys(layer.values), {
    unknown(unknown) {
      throw refusal(layer.locate(unknown.path), ...unknownKey(schema, unknown));
    },
    noSection(path, field, value) {
      throw refusal(layer.locate(path), path.join('.'), noSection(field, value));
    },
    noItem(path, list) {
      throw refusal(layer.locate(path), path.join('.'), noItem(list));
    },
  });
  const result = v.safeParse(configSchema, merged);
  if (result.success) return result.output;
  // a mistyped key also makes the right key missing: report the mistyped one
  const issue = result.issues.find(({ expected }) => expected === 'never') ?? result.issues[0];
  const path = (issue.path ?? []).map(({ key }) => key as string | number);
  throw refusal(layer.locate(path), showPath(path, merged), wrongValue(schema, issue, path, merged));
}

function refusal(where: string, key: string, problem: string): ConfigError {
  return new ConfigError([where, key, problem].filter((part) => part !== '').join(': '));
}
