/** A recording that brings down the thread that reads it (by taking all memory, say) costs only itself. */

import { expose } from 'comlink';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { writeWav } from '../../../src/audio/wav';
import type { Thread } from '../../../src/platform/threads/thread';
import { Dataset, type DatasetOptions } from '../../../src/train/data/dataset';
import { TrainingError } from '../../../src/train/errors';
import { note } from '../../support/sounds';

/** Threads that are started next, instead of real ones. */
const staged: (() => Thread)[] = [];
vi.mock('#threads', async (original) => {
  const real = await original<typeof import('../../../src/platform/threads/node')>();
  return { ...real, startThread: async () => staged.shift()?.() ?? real.startThread() };
});
afterEach(() => {
  staged.length = 0;
});

const options: DatasetOptions = {
  sampleRate: 16_000,
  frameRate: 100,
  analysis: { window: 1024, pitchMin: 60, pitchMax: 2000, threshold: 0.1 },
  workers: 1,
};
const sources = ['a.wav', 'b.wav', 'c.wav'].map((name, i) => ({
  name,
  content: writeWav(note(5 - i, 16_000, 200 + 50 * i), 16_000),
}));

/** @param dies when: at once, or when it is to make a recording */
function dyingThread(dies: 'at once' | 'at work'): Thread {
  const { port1, port2 } = new MessageChannel();
  let lose: (how: string) => void = () => {};
  const lost = new Promise<string>((resolve) => {
    lose = resolve;
  });
  const die = () => {
    lose('ended (code 134)');
    return new Promise(() => {});
  };
  expose({ ready: dies === 'at once' ? die : () => {}, prepare: die }, port1);
  return {
    endpoint: port2,
    lost,
    async end() {
      port1.close();
    },
  };
}

describe('a thread that ends', () => {
  it('has its recording refused, and another goes on with the rest', async () => {
    const dying = dyingThread('at work');
    staged.push(() => dying);
    const { summary } = await Dataset.fromFiles(sources, options);
    await dying.end();
    expect(summary.refused).toEqual([
      { name: 'a.wav', reason: expect.stringMatching(/the thread that read it ended \(code 134\)/) },
    ]);
    expect(summary.recordings.map(({ name }) => name)).toEqual(['b.wav', 'c.wav']);
  });

  it('is no recording’s fault when it could not even start', async () => {
    const dying = dyingThread('at once');
    staged.push(() => dying);
    const attempt = Dataset.fromFiles(sources, options);
    await expect(attempt).rejects.toThrow(TrainingError);
    await expect(attempt).rejects.toThrow(/recordings cannot be read: the thread for it ended/);
    await dying.end();
  });
});
