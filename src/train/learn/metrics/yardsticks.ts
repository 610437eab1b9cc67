/**
 * Figures that say more about what is heard than a distance of spectra does. docs/research/yardsticks.md says what
 * each means and where models stand.
 */

/** A yardstick of a model, beside what it is for the recordings. */
export interface Measured {
  readonly value: number;
  /** the recordings' own value, which is the best; 0 for distances */
  readonly recording: number;
}

export type YardstickName =
  | 'harmonicError'
  | 'levelMotion'
  | 'envelopeMotion'
  | 'modulation1Hz'
  | 'modulation2Hz'
  | 'modulation4Hz'
  | 'modulation8Hz'
  | 'modulation20Hz'
  | 'attackLoudness'
  | 'attackCentroid'
  | 'pitchError'
  | 'pitchMissed'
  | 'harmonics300Hz'
  | 'harmonics1kHz'
  | 'harmonics2500Hz'
  | 'harmonics5kHz'
  | 'frechetDistance';

/** A yardstick is left out where the sounds hold nothing to measure: no sustained note, no onset. */
export type Yardsticks = Readonly<Partial<Record<YardstickName, Measured>>>;

interface YardstickText {
  readonly label: string;
  /** empty for dimensionless values */
  readonly unit: string;
  /** significant decimals */
  readonly digits: number;
  /** how a value compares with the recordings': `distance` has 0 as its best */
  readonly kind: 'distance' | 'ratio' | 'difference';
}

const modulation = (range: string): YardstickText => ({
  label: `modulation, ${range} Hz`,
  unit: 'dB',
  digits: 2,
  kind: 'ratio',
});
const harmonics = (range: string): YardstickText => ({
  label: `harmonics to noise, ${range} kHz`,
  unit: 'dB',
  digits: 1,
  kind: 'difference',
});

/** In display order. */
export const YARDSTICKS: Readonly<Record<YardstickName, YardstickText>> = {
  harmonicError: { label: 'harmonic error', unit: '', digits: 3, kind: 'distance' },
  levelMotion: { label: 'motion of levels', unit: 'dB', digits: 2, kind: 'ratio' },
  envelopeMotion: { label: 'envelope motion', unit: 'dB', digits: 2, kind: 'ratio' },
  modulation1Hz: modulation('0.5 to 1'),
  modulation2Hz: modulation('1 to 2'),
  modulation4Hz: modulation('2 to 4'),
  modulation8Hz: modulation('4 to 8'),
  modulation20Hz: modulation('8 to 20'),
  attackLoudness: { label: 'loudness of attacks', unit: 'dB', digits: 2, kind: 'distance' },
  attackCentroid: { label: 'centroid of attacks', unit: 'octaves', digits: 2, kind: 'distance' },
  pitchError: { label: 'pitch error', unit: 'cents', digits: 1, kind: 'distance' },
  pitchMissed: { label: 'pitch missed', unit: '%', digits: 1, kind: 'distance' },
  harmonics300Hz: harmonics('0.3 to 1'),
  harmonics1kHz: harmonics('1 to 2.5'),
  harmonics2500Hz: harmonics('2.5 to 5'),
  harmonics5kHz: harmonics('5 to 10'),
  frechetDistance: { label: 'Frechet distance', unit: 'dB', digits: 2, kind: 'distance' },
};

export const YARDSTICK_NAMES = Object.keys(YARDSTICKS) as readonly YardstickName[];

/** "1.84 dB (0.55 of the recordings' 3.32 dB)"; a dash where nothing was measured */
export function showYardstick(name: YardstickName, measured: Measured | undefined): string {
  if (!measured) return '–';
  const { unit, digits, kind } = YARDSTICKS[name];
  const show = (value: number) => `${value.toFixed(digits)}${unit && ` ${unit}`}`;
  const { value, recording } = measured;
  if (kind === 'distance') return show(value);
  const part = kind === 'ratio' ? `${(value / recording).toFixed(2)} of` : 'for';
  return `${show(value)} (${part} the recordings' ${show(recording)})`;
}
