/**
 * Quality for the time: variants of the configuration trained on one instrument for the same time, and the
 * two limits beside them (controls fitted directly, the reference's recipe).
 *
 *   npm run bench:quality -- violin FOLDER [--seconds 100 | --steps N] [--variants "default,hidden 128"]
 *                            [--fit 600] [--seed 1] [--out FILE.jsonl]
 */

import { appendFile } from 'node:fs/promises';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { withDataset } from '../../../src/cli/dataset';
import type { TrainConfig } from '../../../src/train/config';
import { directFit } from './direct-fit';
import { timedRun } from './timed-run';
import { variant, variantNames } from './variants';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '100' },
    steps: { type: 'string' },
    variants: { type: 'string', default: variantNames.join(',') },
    fit: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
});
const [instrument, folder] = positionals;
if (!folder) throw new Error('which instrument, in which folder? npm run bench:quality -- violin FOLDER');
const seed = Number(values.seed);
const length = values.steps ? { steps: Number(values.steps) } : { seconds: Number(values.seconds) };

async function say(row: object): Promise<void> {
  const line = `${JSON.stringify(row)}\n`;
  process.stdout.write(line);
  if (values.out) await appendFile(values.out, line);
}

/** Whether it minimises what most variants do. */
function sameLoss({ loss }: TrainConfig): boolean {
  return isDeepStrictEqual(loss, variant('base', instrument, seed).loss);
}

const { signal } = new AbortController();
for (const name of values.variants.split(',').filter(Boolean)) {
  const config = variant(name, instrument, seed);
  await withDataset(config, { data: folder }, signal, async (dataset) => {
    for await (const { loss, ...point } of timedRun(dataset, config, length, 5)) {
      // what another loss comes to does not compare
      await say({ instrument, variant: name, seed, ...point, loss: sameLoss(config) ? loss : null });
    }
  });
}
const fitSteps = Number(values.fit);
if (fitSteps > 0) {
  const config = variant('base', instrument, seed);
  await withDataset(config, { data: folder }, signal, async (dataset) => {
    const { validation } = dataset.split(config.data.validationFraction, seed);
    const slices = await Promise.all(validation.map((slice) => dataset.read(slice)));
    for await (const point of directFit(slices, config, fitSteps)) {
      await say({ instrument, variant: 'direct fit', seed, ...point });
    }
  });
}
