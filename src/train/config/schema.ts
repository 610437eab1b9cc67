/**
 * Every key of a configuration, each declared once: its type, range, default, unit and help. Types, defaults,
 * checks, the comments of `ddsp config` and the tables of docs/configuration.md all come from here. Ranges of keys
 * that a model file holds too come from the model file's own schema. conflicts.ts says which values exclude each
 * other.
 *
 * A kind (a preset, a schedule) is an option of a variant, chosen by name. Its own keys have defaults, so that its
 * name is enough.
 */

import * as v from 'valibot';
import { between, oneOf, whole } from '../../model/fields';
import { aboutFields, configFields, processorFields, processorList } from '../../model/schema';
import { filteredNoise } from '../../synth/filtered-noise/play';
import { harmonic } from '../../synth/harmonic/play';
import { DEFAULT_SILENCE } from '../data/slices';
import { FIGURE_NAMES } from '../learn/metrics/figures';
import { above0, described, key, listOf, powerOf2 } from './key';
import { isRecord } from './keys';

const share = between(0, 1);
const often = whole(1, 1e9);
const pitch = between(10, 20_000);

const data = v.strictObject({
  sliceSeconds: key(between(0.1, 60), 1, 'Length of a training example.', 's'),
  silence: key(
    between(-80, 60),
    DEFAULT_SILENCE,
    'A frame below this loudness is silent. Silent slices are left out.',
    'dB',
  ),
  pitchMin: key(
    pitch,
    65,
    'Lowest pitch of the instrument, within the range of `model.analysis`. It keeps octave errors out of the data.',
    'Hz',
  ),
  pitchMax: key(pitch, 2000, 'Highest pitch of the instrument, within the range of `model.analysis`.', 'Hz'),
  f0: v.strictObject({
    tracker: key(
      oneOf('yin', 'neural'),
      'yin',
      'Finds the pitch of recordings: the YIN that also runs live, or a neural network ' +
        '([pitch.md](research/pitch.md)). Live input is always tracked by YIN.',
    ),
    viterbi: key(
      v.boolean('true or false'),
      true,
      'Join frames by the most likely pitch path. Without it each frame decides alone, as it does live.',
    ),
    network: key(
      v.string('a path'),
      '',
      "ONNX file of a network of CREPE's shape. Required when the tracker is `neural`.",
    ),
  }),
  validationFraction: key(between(0, 0.9), 0.1, 'Share of the slices held out for validation.', 'share'),
  quietShare: key(
    share,
    0.2,
    'Share of the examples that are played more quietly than recorded. Recordings end before silence does; ' +
      'this teaches the model to fade out instead of humming.',
    'share',
  ),
  quietest: key(between(-120, 0), -100, 'Largest change of level of a quiet example.', 'dB'),
});

const { analysis: analysed, decoder: decoded, sampleRate, frameRate } = configFields;

const model = v.strictObject({
  sampleRate: key(
    sampleRate,
    48_000,
    'Recordings are resampled to this rate. The model plays at any rate.',
    'Hz',
  ),
  frameRate: key(
    frameRate,
    100,
    'Frames per second. The hop is the sample rate divided by it, at least 16 samples.',
    '1/s',
  ),
  analysis: v.strictObject({
    window: key(
      analysed.entries.window,
      1440,
      'Window of the pitch and loudness analysis: an even number, at least one period of `pitchMin`.',
      'samples',
    ),
    pitchMin: key(analysed.entries.pitchMin, 58, 'Lowest pitch that the analysis finds, live too.', 'Hz'),
    pitchMax: key(analysed.entries.pitchMax, 4000, 'Highest pitch that the analysis finds, live too.', 'Hz'),
    threshold: key(
      analysed.entries.threshold,
      0.2,
      'A frame is voiced if the normalised difference function falls below this value.',
    ),
    dip: key(
      analysed.entries.dip.wrapped,
      'clear',
      'Which dip of the difference function is the period: the first below the threshold (YIN), or the first ' +
        'that is about as low as the lowest.',
    ),
  }),
  decoder: v.strictObject({
    hidden: key(decoded.entries.hidden, 64, 'Width of every layer and of the GRU.'),
    inputScale: key(decoded.entries.inputScale, 'log', 'Scale on which pitch enters the decoder.'),
    inputs: v.optional(
      described(
        decoded.entries.inputs.wrapped,
        'What the decoder is told of each frame. Default: f0, loudness.',
      ),
    ),
  }),
  about: v.strictObject({
    name: key(aboutFields.name, '', 'Name of the instrument. Default: the name of the run folder.'),
    authors: key(aboutFields.authors, [], 'Stored in the model file.'),
    description: key(aboutFields.description, '', 'Stored in the model file.'),
    licence: key(aboutFields.licence, '', 'Stored in the model file.'),
    credits: key(aboutFields.credits, [], 'Stored in the model file.'),
    trainedOn: key(
      aboutFields.trainedOn,
      [],
      'Stored in the model file. Default: the name and length of the recordings folder.',
    ),
  }),
});

const preset = <const Name extends string>(name: Name) =>
  described(
    v.literal(name),
    '`hpnir`: harmonics and filtered noise through a learned reverb. `hpn`: the same without the reverb.',
  );
const { harmonics: partials } = harmonic.options;
const { bands: magnitudes } = filteredNoise.options;
const harmonics = key(
  whole(partials.min, partials.max),
  100,
  'Harmonics of the oscillator bank. Those above half the sample rate cost nothing.',
);
const bands = key(
  whole(magnitudes.min, magnitudes.max),
  65,
  'Bands of the noise filter, which has 2 (bands - 1) taps.',
);
const { name, type, inputs, options } = processorFields;
const processors = processorList(
  v.strictObject({
    name: described(name, 'Name by which other processors refer to it: letters, digits, underscores.'),
    type: described(type, 'Type of the processor ([synth.md](synth.md)).'),
    inputs: v.optional(
      described(inputs.wrapped, 'For each audio input of the type, the name of an earlier processor.'),
    ),
    options: v.optional(described(options.wrapped, 'Options of the type.')),
  }),
);

const synth = v.variant('preset', [
  v.strictObject({
    preset: preset('hpnir'),
    harmonics,
    bands,
    irSeconds: key(above0(10), 1, 'Length of the learned impulse response (`hpnir` only).', 's'),
  }),
  v.strictObject({ preset: preset('hpn'), harmonics, bands }),
  v.strictObject({
    preset: v.exactOptional(v.never()),
    processors: described(
      processors,
      'A graph instead of a preset. Processors run in this order; the last one is heard.',
    ),
  }),
]);

const sizes = listOf(powerOf2(32, 16_384), 'at least one size');

const HOP = 'a share of the size, above 0 to 1, or whole samples to 16384';
const hop = v.pipe(
  v.number(HOP),
  v.gtValue(0, HOP),
  v.maxValue(16_384, HOP),
  v.check((value) => value <= 1 || Number.isInteger(value), HOP),
);

const amount = between(0, 1e6);
const linear = v.strictObject({
  kind: described(v.literal('linear'), 'The weight moves evenly from `from` to `to` and stays there.'),
  from: described(amount, 'Weight at the first step.'),
  to: described(amount, 'Weight at the end of the schedule.'),
  steps: described(often, 'Length of the schedule.', 'steps'),
});
const weight = v.lazy((given) => (isRecord(given) ? linear : amount));

const term = v.strictObject({
  kind: described(
    oneOf('power', 'magnitude', 'log'),
    'What is compared: power spectra, their square roots, or their logarithms.',
  ),
  weight: described(weight, 'Weight of the term: a number, or a schedule with the keys below.'),
  sizes: v.optional(described(sizes, 'FFT sizes of this term. Default: `loss.sizes`.', 'samples')),
  hop: v.optional(described(hop, 'Hop of this term. Default: `loss.hop`.', 'share or samples')),
});

const loss = v.strictObject({
  sizes: key(
    sizes,
    [64, 128, 256, 512, 1024, 2048],
    'FFT sizes, powers of two from 32 to 16384. A term is the mean over them.',
    'samples',
  ),
  hop: key(hop, 0.25, 'From one frame to the next. At most the smallest FFT size.', 'share or samples'),
  // mostly logarithms; docs/research/training.md says why
  terms: key(
    listOf(term, 'at least one term'),
    [
      { kind: 'magnitude', weight: 0.2 },
      { kind: 'log', weight: 0.8 },
    ],
    'Terms of the loss.',
  ),
});

const schedule = <const Name extends string>(called: Name) =>
  described(v.literal(called), 'The learning rate stays constant, or falls along half a cosine.');

const optimizer = v.strictObject({
  learningRate: key(above0(1), 2e-3, 'Learning rate at the first step.'),
  schedule: v.optional(
    v.variant('kind', [
      v.strictObject({ kind: schedule('constant') }),
      v.strictObject({
        kind: schedule('cosine'),
        finalShare: key(
          share,
          0.1,
          'Share of the learning rate that is left at the last step (`cosine` only).',
          'share',
        ),
      }),
    ]),
    () => ({ kind: 'cosine' as const }),
  ),
  clipNorm: key(
    above0(1e9),
    3,
    'A gradient whose L2 norm, over all parameters, is larger is scaled down to this norm.',
  ),
});

const trainer = v.strictObject({
  steps: key(often, 5000, 'Optimizer steps of the run.', 'steps'),
  batchSize: key(whole(1, 4096), 16, 'Examples in each step, shared among the workers.', 'examples'),
  seed: key(
    whole(0, 2 ** 32 - 1),
    1,
    'Seed of the initial weights, the order of examples, the noise and the choice of held-out slices.',
  ),
  validateEvery: key(often, 250, 'Steps between two validations on held-out slices.', 'steps'),
  checkpointEvery: key(often, 250, 'Steps between two checkpoints.', 'steps'),
  bestBy: key(
    oneOf(...FIGURE_NAMES),
    'logSpectralDistance',
    'The held-out figure that decides which checkpoint is the best.',
  ),
  patience: key(
    whole(0, 1e9),
    0,
    'Training ends after this many validations without a better figure. 0: never early.',
    'validations',
  ),
  keepCheckpoints: key(
    whole(0, 1e6),
    0,
    'Numbered checkpoints kept in the run folder, besides the last and the best.',
    'checkpoints',
  ),
});

export const configSchema = v.strictObject({
  data,
  model,
  synth: v.optional(synth, () => ({ preset: 'hpnir' as const })),
  loss,
  optimizer,
  trainer,
});
