/**
 * MIC_DATA=FOLDER npm run bench:mic [-- --only NAME] [-- --json FILE]
 *
 * Plays what people play into a microphone through the tracker and through every bundled model, and prints
 * each figure beside what it must be. `MIC_DATA` is described in sounds.ts. Figures do not depend on the
 * machine.
 */

import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readModel } from '../../../src/model/file';
import type { Figure, NamedModel } from './case';
import { dynamicsCases } from './dynamics/cases';
import { pitchCases } from './pitch/cases';
import { MissingSound, Sounds } from './sounds';

const { values: options } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'string' } } });

const MODELS = path.resolve(import.meta.dirname, '../../../models');

async function bundledModels(): Promise<NamedModel[]> {
  const files = (await readdir(MODELS)).filter((file) => file.endsWith('.safetensors')).sort();
  return Promise.all(
    files.map(async (file) => ({
      name: path.basename(file, '.safetensors'),
      model: readModel(await readFile(path.join(MODELS, file))),
    })),
  );
}

function print({ what, measured, required, met }: Figure): void {
  const mark = met === undefined ? '  ' : met ? 'ok' : 'NO';
  console.log(`${mark} ${what.padEnd(46)} ${measured.padEnd(34)} ${required ?? ''}`.trimEnd());
}

const sounds = new Sounds(process.env.MIC_DATA);
const models = await bundledModels();
const all: (Figure & { readonly case: string })[] = [];
for (const { name, heading, run } of [...pitchCases, ...dynamicsCases]) {
  if (options.only && !name.includes(options.only)) continue;
  console.log(`\n${name}: ${heading}`);
  try {
    for (const figure of await run(sounds, models)) {
      print(figure);
      all.push({ case: name, ...figure });
    }
  } catch (error) {
    if (!(error instanceof MissingSound)) throw error;
    console.log(`   skipped: ${error.message}`);
  }
}
const judged = all.filter(({ met }) => met !== undefined);
console.log(`\n${judged.filter(({ met }) => met).length} of ${judged.length} figures are as required`);
if (options.json) await writeFile(options.json, `${JSON.stringify(all, null, 2)}\n`);
