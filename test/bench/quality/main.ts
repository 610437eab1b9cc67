/**
 * How near models come to their recordings: variants of the configuration trained on one instrument for the same
 * time, models from files, and the limit, controls fitted directly. The held-out figures against time, and at the end
 * all yardsticks as played.
 *
 *   npm run bench:quality -- violin FOLDER [--seconds 100 | --steps N] [--variants "default,hidden 128"]
 *                            [--models "models/violin.safetensors"] [--fit 600] [--seed 1] [--pieces 10]
 *                            [--network FILE.onnx] [--clips FOLDER] [--out FILE.jsonl]
 */

import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { withDataset } from '../../../src/cli/dataset';
import { readModelFile } from '../../../src/cli/model-file';
import type { Model } from '../../../src/model/model';
import { datasetOptions, type TrainConfig } from '../../../src/train/config';
import { PitchNetwork } from '../../../src/train/data/pitch/neural/network';
import type { SliceRef } from '../../../src/train/data/split';
import { directFit } from './direct-fit';
import { judge, play, writeClips } from './heard';
import { heldOutPieces } from './held-out-pieces';
import { timedRun } from './timed-run';
import { variant, variantNames } from './variants';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '100' },
    steps: { type: 'string' },
    variants: { type: 'string', default: variantNames.join(',') },
    models: { type: 'string', default: '' },
    fit: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    pieces: { type: 'string', default: '10' },
    network: { type: 'string' },
    clips: { type: 'string' },
    out: { type: 'string' },
  },
});
const [instrument, folder] = positionals;
if (!folder) throw new Error('which instrument, in which folder? npm run bench:quality -- violin FOLDER');
const seed = Number(values.seed);
const length = values.steps ? { steps: Number(values.steps) } : { seconds: Number(values.seconds) };
const listed = (names: string) => names.split(',').filter(Boolean);
const { signal } = new AbortController();
const network = values.network
  ? await PitchNetwork.load({ name: values.network, bytes: await readFile(values.network) })
  : null;

const placeOf = ({ source, offset }: SliceRef) => `${source} ${offset}`;

async function say(row: object): Promise<void> {
  const line = `${JSON.stringify(row)}\n`;
  process.stdout.write(line);
  if (values.out) await appendFile(values.out, line);
}

const base = variant('base', instrument, seed);

/** Sound that is held out of every training: the same for all that is compared. */
const { pieces, settings, heldOut } = await withDataset(base, { data: folder }, signal, async (dataset) => {
  const { validation } = dataset.split(base.data.validationFraction, seed);
  return {
    pieces: await heldOutPieces(validation, dataset, Number(values.pieces)),
    settings: datasetOptions(base),
    heldOut: validation.map(placeOf),
  };
});

async function sayHeard(name: string, sounds: readonly Float32Array[]): Promise<void> {
  const seconds = pieces.reduce((sum, { recording }) => sum + recording.length, 0) / settings.sampleRate;
  await say({ instrument, heard: name, seed, seconds, ...(await judge(sounds, pieces, settings, network)) });
  if (values.clips) await writeClips(values.clips, name, sounds, pieces, settings.sampleRate);
}

/** Whether it minimises what most variants do. */
function sameLoss({ loss }: TrainConfig): boolean {
  return isDeepStrictEqual(loss, base.loss);
}

for (const name of listed(values.variants)) {
  const config = variant(name, instrument, seed);
  await withDataset(config, { data: folder }, signal, async (dataset) => {
    const own = dataset.split(config.data.validationFraction, seed).validation.map(placeOf);
    if (!isDeepStrictEqual(own, heldOut))
      console.warn(`${name} holds out other slices: it may know the pieces`);
    let trained: Model | undefined;
    for await (const { loss, model, ...point } of timedRun(dataset, config, length, 5)) {
      trained = model;
      // what another loss comes to does not compare
      await say({ instrument, variant: name, seed, ...point, loss: sameLoss(config) ? loss : null });
    }
    if (trained) await sayHeard(name, await play(trained, pieces));
  });
}
for (const file of listed(values.models)) {
  const model = await readModelFile(file);
  await sayHeard(path.basename(file, path.extname(file)), await play(model, pieces));
}
const fitSteps = Number(values.fit);
if (fitSteps > 0) {
  let fitted: readonly Float32Array[] = [];
  for await (const { sounds, ...point } of directFit(pieces, base, fitSteps)) {
    fitted = sounds;
    await say({ instrument, variant: 'direct fit', seed, ...point });
  }
  await sayHeard('direct fit', fitted);
}
if (values.clips) {
  const recordings = pieces.map(({ recording }) => recording);
  await writeClips(values.clips, 'original', recordings, pieces, settings.sampleRate);
}
await network?.close();
