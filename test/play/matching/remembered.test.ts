/** What is known of the player, asked of the processor as the node asks it. */

import { describe, expect, it } from 'vitest';
import type { Request } from '../../../src/web/protocol';
import { phrase, randomModel } from '../../support/models';
import { Host, prepare } from '../robustness/host';

const RATE = 48000;

async function hostOf(): Promise<Host> {
  return Host.create(RATE, await prepare(randomModel(1), RATE));
}

function ask(host: Host, request: Partial<Request & { type: 'player' }> = {}) {
  host.replies.length = 0;
  host.send({ type: 'player', id: 7, ...request } as Request);
  const [reply] = host.replies;
  if (reply?.type !== 'player') throw new Error(`no player but ${reply?.type}`);
  expect(reply.id).toBe(7);
  return reply;
}

function sing(host: Host, seconds: number): void {
  const sound = phrase(seconds, RATE);
  for (let at = 0; at + 128 <= sound.length; at += 128) host.render([[sound.subarray(at, at + 128)]]);
}

describe('the processor', () => {
  it('tells what is known of the player, takes it over, and forgets it', async () => {
    const host = await hostOf();
    expect(ask(host).player.evidence).toBe(0);
    sing(host, 3);
    const { player } = ask(host);
    expect(player.evidence).toBeGreaterThan(0.3);
    const another = await hostOf();
    expect(ask(another, { data: player }).player.evidence).toBeCloseTo(player.evidence, 9);
    expect(ask(another).player.forte).toBeCloseTo(player.forte, 9);
    expect(ask(another, { data: null }).player.evidence).toBe(0);
  });

  it('measures a forte', async () => {
    const host = await hostOf();
    expect(ask(host, { calibrate: 1 }).calibration).toBe('listening');
    sing(host, 2);
    const { calibration, player } = ask(host);
    expect(calibration).toBe('done');
    expect(player.uncertainty).toBeLessThan(0.5);
  });

  it('says when nobody played', async () => {
    const host = await hostOf();
    ask(host, { calibrate: 0.5 });
    for (let i = 0; i < 300; i++) host.render([[new Float32Array(128)]]);
    expect(ask(host).calibration).toBe('failed');
  });

  it('ignores data that is no player', async () => {
    const host = await hostOf();
    host.replies.length = 0;
    host.send({ type: 'player', id: 1, data: { version: 1 } } as unknown as Request);
    expect(host.replies).toEqual([]);
    expect(ask(host).player.evidence).toBe(0);
  });
});
