/** A phrase that was sung, and its notes as two people annotated them (test/fixtures/pitch, credits there). */

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { decodeAudio } from '../../src/audio/decode';
import { downmix } from '../../src/audio/resample';
import type { ScoredNote } from './note-score';

const FOLDER = path.resolve(import.meta.dirname, '../fixtures/pitch');

export interface SungNotes {
  /** mono */
  readonly audio: Float32Array;
  /** Hz */
  readonly sampleRate: number;
  readonly annotations: readonly (readonly ScoredNote[])[];
}

export async function sungNotes(): Promise<SungNotes> {
  const { channels, sampleRate } = await decodeAudio(
    await readFile(path.join(FOLDER, 'vocadito_1.opus')),
    'vocadito_1',
  );
  const annotations = await Promise.all(['A1', 'A2'].map(readAnnotation));
  return { audio: downmix(channels), sampleRate, annotations };
}

/** Rows of seconds, Hz, length in seconds. */
async function readAnnotation(annotator: string): Promise<ScoredNote[]> {
  const text = await readFile(path.join(FOLDER, `vocadito_1.notes${annotator}.csv`), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((row) => row.split(',').map(Number))
    .map(([onset, hz]) => ({ onset, pitch: 69 + 12 * Math.log2(hz / 440) }));
}
