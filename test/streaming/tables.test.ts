/** An engine set up from another one's tables plays the same. */

import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine';
import type { Table } from '../../src/engine/kernels';
import { playModule } from '../../src/engine/play-module';
import { phrase, randomModel } from '../support/models';

async function play(sampleRate: number, tables?: Table[]): Promise<Float32Array> {
  const engine = new Engine(await playModule(), randomModel(3), sampleRate, { tables });
  const input = phrase(0.5, sampleRate);
  const output = new Float32Array(input.length);
  engine.process(input, output, 0, input.length);
  return output;
}

describe('tables computed elsewhere', () => {
  it.each([48000, 44100])('are used, and give the same sound at %i Hz', async (sampleRate) => {
    const expected = await play(sampleRate);
    const tables: Table[] = [];
    expect(await play(sampleRate, tables)).toEqual(expected);
    expect(tables.length).toBeGreaterThan(3);
    const count = tables.length;
    expect(await play(sampleRate, tables)).toEqual(expected);
    expect(tables).toHaveLength(count);
    const silent = tables.map((table) => table.map(() => 0));
    expect(await play(sampleRate, silent)).not.toEqual(expected);
  });
});
