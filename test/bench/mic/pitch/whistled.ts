/** What people whistle, growl and breathe: the pitches that are heard, and those that training hears. */

import { trackPath } from '../../../../src/train/data/pitch/path-track';
import type { Figure, MicCase } from '../case';
import type { Sounds } from '../sounds';
import { cents, DEFAULT_SETTINGS, hear, percent } from './heard';

const near = (hz: number, of: number) => Math.abs(cents(hz, of)) < 60;

/** Of the voiced frames, those near any of the pitches: the notes follow each other. */
function figure(what: string, f0: Float32Array, pitches: readonly number[], required: number): Figure {
  const voiced = f0.filter((hz) => hz > 0);
  const right = voiced.length ? percent(voiced, (hz) => pitches.some((of) => near(hz, of))) : 100;
  const measured = `${right.toFixed(1)}% of ${percent(f0, (hz) => hz > 0).toFixed(0)}% voiced`;
  return { what, measured, required: `at least ${required}% right`, met: right >= required };
}

interface Whistle {
  readonly f: readonly number[];
}

async function run(sounds: Sounds): Promise<Figure[]> {
  const meta: Record<string, Whistle> = JSON.parse(await sounds.text('fixtures/live/meta.json'));
  const figures: Figure[] = [];
  for (const name of ['whistle_1k_2k5', 'whistle_above2k']) {
    const { f0 } = await hear(await sounds.read(`fixtures/live/${name}.flac`));
    figures.push(figure(name, f0, meta[name].f, 97));
  }
  const melody = await hear(await sounds.read('fixtures/reports/whistle_melody_C7.flac'));
  const low = percent(
    melody.f0.filter((hz) => hz > 0),
    (hz) => hz < 1500,
  );
  figures.push({
    what: 'whistle_melody_C7: an octave low',
    measured: `${low.toFixed(1)}%`,
    required: '0%',
    met: low === 0,
  });
  const growl = await sounds.read('fixtures/reports/growl_0.3.flac');
  figures.push(figure('growl_0.3: 220 Hz', (await hear(growl)).f0, [220], 99));
  const breathy = await sounds.read('fixtures/reports/breathy_587_snr3.flac');
  for (const [who, heard] of [
    ['live', await hear(breathy)],
    ['training', await trackPath(breathy.audio, DEFAULT_SETTINGS, { sampleRate: breathy.sampleRate })],
  ] as const)
    figures.push(figure(`breathy_587_snr3, ${who}: 587 Hz`, heard.f0, [587.33], 97));
  return figures;
}

export const whistledCase: MicCase = {
  name: 'whistles',
  heading: 'what people whistle, growl and breathe, default settings',
  run,
};
