/** A configuration as TypeScript sees it, and the default one. Both come from the schema. */

import * as v from 'valibot';
import { configSchema } from './schema';

type ReadonlyTree<T> = T extends readonly (infer Item)[]
  ? readonly ReadonlyTree<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: ReadonlyTree<T[Key]> }
    : T;

/** What a training run is made from. docs/configuration.md describes every key. */
export type TrainConfig = ReadonlyTree<v.InferOutput<typeof configSchema>>;

/** Which recordings become examples, and how. */
export type DataConfig = TrainConfig['data'];
/** How the pitch of recordings is found. */
export type PitchConfig = DataConfig['f0'];
/** What the model is told of its input, how large it is, and what its file says of it. */
export type ModelSection = TrainConfig['model'];
/** What the model file says of its model; empty fields are left out of it. */
export type AboutConfig = ModelSection['about'];
/** A preset with its sizes, or a graph of one's own. */
export type SynthConfig = TrainConfig['synth'];
/** The multi-scale spectral loss. */
export type LossConfig = TrainConfig['loss'];
export type OptimizerConfig = TrainConfig['optimizer'];
export type LearningRateSchedule = OptimizerConfig['schedule'];
export type TrainerConfig = TrainConfig['trainer'];

export const defaultConfig: TrainConfig = v.parse(configSchema, v.getDefaults(configSchema));
