import { expect, it } from 'vitest';
import { AS_RECORDED } from '../../../src/analysis/listening';
import { decodeAudio } from '../../../src/audio/decode';
import { UNMATCHED } from '../../../src/play/matching/options';
import { renderOffline } from '../../../src/play/render';
import { Reconstructions } from '../../../src/train/run/reconstructions';
import { phrase, randomModel } from '../../support/models';

it('plays clips in their own register and at their own level, whatever the model learned of others', async () => {
  const model = randomModel(1);
  // an octave and more below what the model learned, and quieter
  const audio = phrase(1, model.sampleRate, 2).map((value) => 0.01 * value);
  const listening = await Reconstructions.create([{ title: 'low and quiet', audio }], { settings: model });
  await listening.hear(model);
  const [{ reconstruction }] = listening.clips;
  const wav = Buffer.from(reconstruction?.sound.split(',')[1] ?? '', 'base64');
  const { channels } = await decodeAudio(new Uint8Array(wav), 'reconstruction');
  const worst = (expected: Float32Array) =>
    expected.reduce((most, value, i) => Math.max(most, Math.abs(value - channels[0][i])), 0);
  expect(
    worst(await renderOffline(model, audio, { listening: AS_RECORDED, matching: UNMATCHED })),
  ).toBeLessThan(1e-4);
  expect(worst(await renderOffline(model, audio))).toBeGreaterThan(1e-3);
  // a model of random weights, measured as it was heard
  expect(listening.yardsticks.frechetDistance?.value).toBeGreaterThan(1);
  expect(listening.yardsticks.pitchMissed?.value).toBeGreaterThan(0);
});
