/** The presets for other latencies and ranges: how right they are on tones of their range, and on a low bass. */

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type AnalysisSettings, analyseSignal } from '../../../../src/analysis/track';
import { readConfigYaml, resolveConfig } from '../../../../src/train/config';
import { frameTruth } from '../../pitch/material';
import { recorded } from '../../pitch/recorded';
import { Tally } from '../../pitch/score';
import { steadyTones } from '../../pitch/synthetic';
import type { Figure, MicCase } from '../case';
import type { Sounds } from '../sounds';
import { cents, DEFAULT_SETTINGS, hear, percent } from './heard';

const CONFIGS = path.resolve(import.meta.dirname, '../../../../examples/configs');

async function preset(name: string): Promise<AnalysisSettings> {
  if (name === 'default') return DEFAULT_SETTINGS;
  const file = path.join(CONFIGS, `${name}.yaml`);
  return resolveConfig(readConfigYaml(await readFile(file, 'utf8'), file)).model;
}

const HIGH = ['flute', 'oboe', 'recorder', 'violin'];

async function run(sounds: Sounds): Promise<Figure[]> {
  const figures: Figure[] = [];
  const played = (await recorded()).filter(({ name }) => HIGH.includes(name));
  for (const name of ['default', 'quick', 'instant', 'bass']) {
    const settings = await preset(name);
    const { sampleRate, frameRate, analysis } = settings;
    const hop = sampleRate / frameRate;
    const tones = steadyTones(12);
    for (const [what, materials] of [
      ['steady tones', tones],
      ['flute, oboe, recorder, violin', played],
    ] as const) {
      const tally = new Tally();
      for (const material of materials) {
        const lowest = analysis.pitchMin * 1.03;
        const truth = frameTruth(material, (hop * material.sampleRate) / sampleRate).map((hz) =>
          hz > 0 && hz < lowest ? Number.NaN : hz,
        );
        const { f0 } = await analyseSignal(material.audio, settings, { sampleRate: material.sampleRate });
        tally.add(truth, { f0 });
      }
      const { pitch, octave, median } = tally.score;
      figures.push({
        what: `${name} (${(((analysis.window / 2 + hop) / sampleRate) * 1000).toFixed(0)} ms): ${what}`,
        measured: `${(100 * pitch).toFixed(1)}%, octaves ${(100 * octave).toFixed(1)}%, ${median.toFixed(3)} cents`,
      });
    }
  }
  const bass = await hear(await sounds.read('fixtures/reports/bass_41.2.flac'), await preset('bass'));
  const right = percent(
    bass.f0.filter((hz) => hz > 0),
    (hz) => Math.abs(cents(hz, 41.2)) < 50,
  );
  figures.push({
    what: 'bass: bass_41.2',
    measured: `${right.toFixed(1)}% right`,
    required: 'at least 97%',
    met: right >= 97,
  });
  return figures;
}

export const presetsCase: MicCase = { name: 'presets', heading: 'presets, 48 kHz', run };
