/** The processors of realtimeDDSP that this library plays, by the names of their classes. */

import { count, type ForeignProcessor, type Kind, learned, refused } from './processor';

const MOST_HARMONICS = 512;
const LARGEST_FILTER = 8192;
const LONGEST_RESPONSE = 1_000_000;

const harmonics = (processor: ForeignProcessor) => count(processor, 'n_harmonics', 256, 1, MOST_HARMONICS);
const filterSize = (processor: ForeignProcessor) => count(processor, 'filter_size', 257, 4, LARGEST_FILTER);

/** A generator's own rate must be the model's, or its pitch would be another. */
function checkRate(processor: ForeignProcessor, sampleRate: number): void {
  const own = processor.option('sample_rate') ?? 16_000;
  if (own !== sampleRate)
    throw refused(
      processor,
      `its sample rate is ${String(own).slice(0, 40)} Hz, the model's ${sampleRate} Hz`,
    );
}

function response(processor: ForeignProcessor) {
  const ir = learned(processor, 'ir');
  if (ir.length > LONGEST_RESPONSE)
    throw refused(processor, `its response has ${ir.length} taps, at most ${LONGEST_RESPONSE} are played`);
  return { options: { length: ir.length }, tensors: { ir } };
}

const AMPLITUDE = ['amplitudes', 1] as const;

export const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  [
    'Harmonic',
    {
      audio: {},
      pitch: 'f0_hz',
      controls: (processor) => [AMPLITUDE, ['harmonic_distribution', harmonics(processor)]],
      convert(processor, sampleRate) {
        checkRate(processor, sampleRate);
        const all = processor.option('normalize_below_nyquist') === false;
        return {
          type: 'Harmonic',
          options: { harmonics: harmonics(processor), ...(all && { normaliseAll: 1 }) },
        };
      },
    },
  ],
  [
    'FilteredNoise',
    {
      audio: {},
      controls: (processor) => [['freq_response', Math.floor(filterSize(processor) / 2) + 1]],
      convert(processor) {
        const size = filterSize(processor);
        const odd = size % 2;
        const amplitude = processor.option('amplitude') ?? 1;
        if (!(typeof amplitude === 'number' && amplitude >= 0 && amplitude <= 100))
          throw refused(processor, `its amplitude is ${String(amplitude).slice(0, 40)}, expected 0 to 100`);
        return {
          type: 'FilteredNoise',
          options: {
            bands: (size - odd) / 2 + 1,
            ...(odd === 1 && { odd }),
            ...(amplitude !== 1 && { amplitude }),
          },
        };
      },
    },
  ],
  [
    'SineOscillator',
    {
      audio: {},
      pitch: 'f0_hz',
      controls: () => [AMPLITUDE],
      convert(processor, sampleRate) {
        checkRate(processor, sampleRate);
        return {
          type: 'SineOscillator',
          note: `${processor.name}: its phase leads the original by one sample, and it is silent above half the sample rate.`,
        };
      },
    },
  ],
  [
    'SawOscillator',
    {
      audio: {},
      pitch: 'f0_hz',
      controls: () => [AMPLITUDE],
      convert(processor, sampleRate) {
        checkRate(processor, sampleRate);
        const waveform = learned(processor, 'waveform');
        return { type: 'TableOscillator', options: { size: waveform.length }, tensors: { waveform } };
      },
    },
  ],
  [
    'Mix',
    {
      audio: { signal_a: 'a', signal_b: 'b' },
      controls: () => [
        ['mix_a', 1],
        ['mix_b', 1],
      ],
      convert: () => ({ type: 'Mix' }),
    },
  ],
  [
    'WaveShaper',
    {
      audio: { audio: 'audio' },
      controls: (processor) => {
        const functions = count(processor, 'n_functions', 64, 1, 256);
        return [
          ['dist_index', functions],
          ['dist_bias', functions],
          ['wave_mix', functions],
        ];
      },
      convert(processor) {
        const functions = count(processor, 'n_functions', 64, 1, 256);
        const tables = learned(processor, 'tables');
        const reach = processor.option('xy_lim') ?? 3;
        const size = tables.length / functions;
        if (!Number.isInteger(size) || size < 2)
          throw refused(processor, `its tables have ${tables.length} values, for ${functions} functions`);
        if (!(typeof reach === 'number' && reach >= 0.001 && reach <= 1000))
          throw refused(processor, `its xy_lim is ${String(reach).slice(0, 40)}`);
        return { type: 'WaveShaper', options: { functions, size, reach }, tensors: { tables } };
      },
    },
  ],
  [
    'Add',
    {
      audio: { signal_a: 'a', signal_b: 'b' },
      controls: () => [],
      convert: () => ({ type: 'Add' }),
    },
  ],
  [
    'IRReverb',
    {
      audio: { audio: 'audio' },
      controls: () => [],
      convert: (processor) => ({ type: 'IRReverb', ...response(processor) }),
    },
  ],
  [
    'IRReverbMix',
    {
      audio: { audio: 'audio' },
      controls: () => [['mix', 1]],
      convert: (processor) => ({ type: 'IRReverbMix', ...response(processor) }),
    },
  ],
  [
    'DecayReverb',
    {
      audio: { audio: 'audio' },
      controls: () => [
        ['gain', 1],
        ['decay', 1],
      ],
      convert(processor) {
        throw refused(
          processor,
          'the decoder changes its response in every frame, which this library does not play',
        );
      },
    },
  ],
]);
