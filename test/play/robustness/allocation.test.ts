/** `process()` allocates no object, whatever it is given: no array, no view, no closure. */

import { describe, expect, it } from 'vitest';
import { instrumentFor } from '../../support/instruments';
import { randomiser } from '../../support/kernels';
import { type ModelShape, phrase, randomModel, smallShape } from '../../support/models';
import { allocations } from './allocations';
import { Host, prepare } from './host';

const RATE = 48000;
const QUANTUM = 128;
/** Stretches of calls for work that is expected to allocate. */
const FEW = 3;
/** Objects in 500 calls: far less than one a call or a frame. */
const ONCE = 30;

const sound = phrase(2, RATE);

/** Renders a phrase quantum by quantum, over and over. */
function player(host: Host, channels = 1): () => void {
  const inputs = [Array.from({ length: channels }, () => new Float32Array(QUANTUM))];
  let at = 0;
  return () => {
    at = at + 2 * QUANTUM > sound.length ? 0 : at + QUANTUM;
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < QUANTUM; i++) inputs[0][c][i] = sound[at + i];
    }
    host.render(inputs);
  };
}

/** Frames of 15 quanta: what one quantum makes weighs more than what a frame does. */
const slow: ModelShape = { ...smallShape, frameRate: 25 };
/** A frame every quantum. */
const fast: ModelShape = { ...smallShape, frameRate: 375 };

async function hostOf(shape: ModelShape): Promise<Host> {
  return Host.create(RATE, await prepare(randomModel(1, shape), RATE));
}

describe('process allocates nothing', () => {
  it('in a frame', async () => {
    expect(await allocations(player(await hostOf(fast)))).toEqual([]);
  });

  it('in a quantum of sound, of one channel or of eight', async () => {
    expect(await allocations(player(await hostOf(slow)))).toEqual([]);
    expect(await allocations(player(await hostOf(slow), 8))).toEqual([]);
  });

  it('without an input', async () => {
    const host = await hostOf(slow);
    const nothing: Float32Array[][] = [[]];
    expect(await allocations(() => host.render(nothing))).toEqual([]);
  });

  it('while every parameter moves', async () => {
    const host = await hostOf(slow);
    const play = player(host);
    const random = randomiser(3);
    const values = Float32Array.from({ length: 1000 }, () => random());
    const parameters = Object.values(host.parameters);
    let n = 0;
    const work = () => {
      for (let i = 0; i < parameters.length; i++) parameters[i][0] = values[(n + i) % values.length];
      n = (n + 1) % values.length;
      play();
    };
    expect(await allocations(work)).toEqual([]);
  });

  it('while models swap', async () => {
    const host = await hostOf(slow);
    const models = [
      await prepare(randomModel(2, slow), RATE),
      await prepare(randomModel(3, { ...slow, window: 2048, irLength: null }), RATE),
    ];
    const swap = () => host.swap(models.reverse()[0]);
    expect(await allocations(player(host), { prepare: swap, spared: ONCE })).toEqual([]);
  });

  it('while notes are played, bent and stolen', async () => {
    const host = await Host.create(RATE, await prepare(randomModel(1, slow), RATE), { voices: 4 });
    const random = randomiser(7);
    const nothing: Float32Array[][] = [[]];
    const schedule = () => {
      for (let i = 0; i < 100; i++) {
        const time = (host.currentFrame + i * 600) / RATE;
        const note = 48 + Math.floor(24 * random());
        host.send({ type: 'midi', time, bytes: [0x90, note, 1 + Math.floor(126 * random())] });
        host.send({
          type: 'midi',
          time,
          bytes: [0xe0, 0, Math.floor(128 * random()), 0xb0, 64, 127 * (i % 2)],
        });
        host.send({ type: 'midi', time: time + 0.1, bytes: [0x80, note, 0, 0xd0, i] });
      }
    };
    expect(await allocations(() => host.render(nothing), { prepare: schedule })).toEqual([]);
  });

  it('while a sound is between two models', async () => {
    const host = await hostOf(slow);
    const [one, two] = [randomModel(1, slow), randomModel(2, { ...slow, frameRate: 40 })];
    const first = await prepare(one, RATE);
    host.swap(first, await instrumentFor(two, RATE, first.hop));
    host.parameters.morph[0] = 0.4;
    expect(await allocations(player(host))).toEqual([]);
  });

  it('which one empty array a frame would be enough to show', async () => {
    const play = player(await hostOf(slow));
    let sink: unknown;
    const work = () => {
      play();
      sink = [];
    };
    const found = await allocations(work, { stretches: FEW });
    expect(sink).toEqual([]);
    expect(found.join('\n')).toMatch(/ > work: \d+ objects/);
  });
});
