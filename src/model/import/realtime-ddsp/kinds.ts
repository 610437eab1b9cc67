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
        if (processor.option('normalize_below_nyquist') === false)
          throw refused(processor, 'normalize_below_nyquist is off');
        return { type: 'Harmonic', options: { harmonics: harmonics(processor) } };
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
        if (size % 2 !== 0) throw refused(processor, `its filter_size ${size} is odd`);
        const amplitude = processor.option('amplitude') ?? 1;
        if (amplitude !== 1) throw refused(processor, `its amplitude is ${String(amplitude).slice(0, 40)}`);
        return { type: 'FilteredNoise', options: { bands: size / 2 + 1 } };
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
]);
