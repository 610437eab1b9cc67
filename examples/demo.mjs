/**
 * The main job, once, on this machine: plays the bundled sung phrase on the bundled violin into a file, and
 * says how long it took and how well the violin's pitch follows the voice's.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  analyse,
  decodeAudio,
  downmix,
  readModel,
  renderOffline,
  resample,
  writeWav,
} from '../dist/train.js';

const root = path.resolve(import.meta.dirname, '..');
const PHRASE = 'examples/live/phrase.wav';
const MODEL = 'models/violin.safetensors';
const OUTPUT = 'build/phrase-violin.wav';

const model = readModel(await readFile(path.join(root, MODEL)));
const { sampleRate } = model;
const phrase = await decodeAudio(await readFile(path.join(root, PHRASE)), PHRASE);
const sung = await resample(downmix(phrase.channels), phrase.sampleRate, sampleRate);
const started = performance.now();
const played = await renderOffline(model, sung, { sampleRate });
const seconds = (performance.now() - started) / 1000;
await writeFile(path.join(root, OUTPUT), writeWav(played, sampleRate));

const [voice, violin] = [await analyse(sung, model), await analyse(played, model)];
const cents = [];
for (let i = 0; i < voice.f0.length; i++) {
  if (voice.f0[i] > 0 && violin.f0[i] > 0) cents.push(1200 * Math.abs(Math.log2(violin.f0[i] / voice.f0[i])));
}
cents.sort((a, b) => a - b);
const duration = sung.length / sampleRate;
const within = cents.filter((value) => value < 50).length / cents.length;
console.log(`${PHRASE} on ${model.about.name} -> ${OUTPUT}`);
console.log(
  `  ${duration.toFixed(1)} s of audio in ${seconds.toFixed(2)} s (${(duration / seconds).toFixed(0)} times real time)`,
);
console.log(
  `  pitch, violin against voice: median ${cents[cents.length >> 1].toFixed(1)} cents apart, ` +
    `${(100 * within).toFixed(0)}% of ${cents.length} frames within 50 cents`,
);
