/** Models of ddsp_pytorch: decoder and controls as there; where the sound differs, by how much. */

import { describe, expect, it } from 'vitest';
import { readModel, writeModel } from '../../../src/model/file';
import { importModel } from '../../../src/model/import';
import type { Model } from '../../../src/model/model';
import { decoded, foreignFile, golden, sounded, worst } from '../../support/foreign';

const folder = 'ddsp-pytorch';
const config = new TextDecoder().decode(foreignFile(`${folder}/h24-16k.config.yaml`));
const files = [
  ['h24-16k.state.pth', config],
  ['h24-16k.legacy.state.pth', config],
  ['h24-16k.torchscript', undefined],
  ['h24-16k-realtime.torchscript', undefined],
] as const;
const expected = golden(`${folder}/h24-16k`);
const f0 = expected.get('input.f0_hz');
const normalised = expected.get('input.loudness_normalised');

const load = (file: string, text: string | undefined) =>
  importModel(foreignFile(`${folder}/${file}`), text === undefined ? {} : { config: text });

/** Its own loudness, in dB of this model. */
function decibels({ decoder }: Model): Float64Array {
  const { mean, deviation } = decoder.loudness!;
  return normalised.map((value) => mean + deviation * value);
}

/** samples, 50 ms */
const PIECE = 800;

const rms = (sound: ArrayLike<number>) =>
  Math.sqrt(Array.from(sound).reduce((sum, value) => sum + value * value, 0) / sound.length);
/** A second of one value. */
const held = (value: number) => new Float64Array(100).fill(value);
const scaled = (u: number) => 2 * u ** Math.LN10 + 1e-7;

describe.each(files)('%s', (file, text) => {
  it('is complete and can be written as a model file', async () => {
    const model = await load(file, text);
    expect(model).toMatchObject({ sampleRate: 16_000, frameRate: 100 });
    expect(model.decoder.loudness!.deviation).toBeCloseTo((1.6906954 * 20) / Math.LN10, 3);
    const written = readModel(writeModel(model, { float16: false }));
    for (const [name, values] of Object.entries(model.tensors)) expect(written.tensors[name]).toEqual(values);
  });

  it('amplitude, distribution and noise magnitudes to 2e-4', async () => {
    const model = await load(file, text);
    const [harmonics, bands] = [20, 17];
    const outputs = decoded(model, f0, decibels(model));
    const rows = outputs.map((u) => Array.from(u, scaled));
    expect(
      worst(
        rows.map(([amplitude]) => amplitude),
        expected.get('controls.amplitude'),
      ),
    ).toBeLessThan(2e-4);
    const noise = rows.flatMap((row) => row.slice(1 + harmonics));
    expect(noise).toHaveLength(150 * bands);
    expect(worst(noise, expected.get('controls.noise_magnitudes'))).toBeLessThan(2e-4);
    const amplitudes = rows.flatMap((row, i) => {
      const shares = row.slice(1, 1 + harmonics).map((value, k) => ((k + 1) * f0[i] < 8000 ? value : 0));
      const sum = shares.reduce((total, value) => total + value, 0);
      return shares.map((value) => (row[0] * value) / sum);
    });
    // above half the sample rate it leaves a weight of 1e-4
    expect(worst(amplitudes, expected.get('controls.harmonic_amplitudes'))).toBeLessThan(4e-4);
  });

  it('its response is what the original computes', async () => {
    const { ir } = (await load(file, text)).tensors;
    expect(worst([1, ...ir], expected.get('reverb.impulse_response'))).toBeLessThan(1e-6);
  });

  it('the sound has the level of the original, and differs by frames that are held there', async () => {
    const model = await load(file, text);
    const audio = await sounded(model, f0, decibels(model));
    const original = expected.get('audio.harmonic_through_reverb');
    // waveforms drift apart by less than a tenth of the signal
    expect(rms(audio.map((value, n) => value - original[n])) / rms(original)).toBeLessThan(0.1);
    for (let at = 0; at < audio.length; at += PIECE) {
      const [own, theirs] = [audio, original].map((sound) => rms(sound.subarray(at, at + PIECE)));
      expect(Math.abs(20 * Math.log10(own / theirs))).toBeLessThan(0.5);
    }
  });
});

describe('loudness in a unit that no file names', () => {
  const patched = (mean: string, std: string) =>
    config
      .replace(/mean_loudness: .*/, `mean_loudness: ${mean}`)
      .replace(/std_loudness: .*/, `std_loudness: ${std}`);
  const file = foreignFile(`${folder}/h24-16k.state.pth`);

  it.each([
    ['that of sigmund~', { config: patched('61.5', '9.25') }, /unit of sigmund~/],
    ['none, for lack of config.yaml', {}, /does not hold its loudness/],
  ])('%s: the decoder is played over its whole range', async (_name, options, note) => {
    const model = await importModel(file, options);
    expect(model.about.description).toMatch(note);
    const { mean, deviation } = model.decoder.loudness!;
    // the player's softest and loudest, which matching moves to the model's percentiles, are what it learned
    const told = model.statistics.loudness.map((decibels) => (decibels - mean) / deviation);
    told.forEach((value, i) => {
      expect(value).toBeCloseTo([-1.645, 0, 1.645][i], 2);
    });
    const level = async (decibels: number) => rms(await sounded(model, held(220), held(decibels)));
    const range =
      20 *
      Math.log10((await level(model.statistics.loudness[2])) / (await level(model.statistics.loudness[0])));
    const original = await importModel(file, { config });
    const [soft, , loud] = original.statistics.loudness;
    const full =
      20 *
      Math.log10(
        rms(await sounded(original, held(220), held(loud))) /
          rms(await sounded(original, held(220), held(soft))),
      );
    expect(Math.abs(range - full)).toBeLessThan(0.1);
  });
});
