/** What nodes of one context share: an instrument's tables are sent once, kept while somebody plays, and sent again. */

import { describe, expect, it } from 'vitest';
import type { Reply, Request } from '../../src/web/protocol';
import { instrumentMessage } from '../../src/web/sent-instruments';
import { Host } from '../play/robustness/host';
import { instrumentFor } from '../support/instruments';
import { phrase, randomModel } from '../support/models';

const RATE = 48000;
const input = phrase(0.3, RATE);

function play(host: Host): Float32Array {
  const heard = new Float32Array(input.length);
  for (let at = 0; at + host.quantum <= input.length; at += host.quantum) {
    expect(host.render([[input.subarray(at, at + host.quantum)]])).toBe(true);
    heard.set(host.output[0], at);
  }
  return heard;
}

function types(replies: readonly Reply[]): string[] {
  return replies.map(({ type }) => type);
}

describe('messages', () => {
  it('carry the tables of an instrument once for each context, and whenever they are asked for', async () => {
    const [one, two] = [await instrumentFor(randomModel(1), RATE), await instrumentFor(randomModel(2), RATE)];
    const [context, other] = [{}, {}];
    const first = instrumentMessage(context, one);
    expect(first.tables).toBe(one.tables.complete);
    expect(instrumentMessage(context, one)).toEqual({ ...first, tables: null });
    expect(instrumentMessage(context, one, true)).toEqual(first);
    expect(instrumentMessage(context, two).tables).toBe(two.tables.complete);
    expect(instrumentMessage(context, two).key).not.toBe(first.key);
    expect(instrumentMessage(other, one)).toEqual(first);
  });
});

describe('processors of one context', () => {
  it('play from the tables that the first has brought', async () => {
    const instrument = await instrumentFor(randomModel(3), RATE);
    const hosts: Host[] = [];
    for (let i = 0; i < 20; i++) hosts.push(await Host.create(RATE, instrument));
    for (const { replies } of hosts) expect(types(replies)).toEqual(['ready']);
    const expected = play(hosts[0]);
    expect(Math.max(...expected)).toBeGreaterThan(0.001);
    expect(play(hosts[19])).toEqual(expected);
  });

  it('keep them until the last is disposed, and ask for them then', async () => {
    const instrument = await instrumentFor(randomModel(4), RATE);
    const other = await instrumentFor(randomModel(5), RATE);
    const known = { ...instrumentMessage({}, instrument), tables: null };
    const [one, two] = [await Host.create(RATE, instrument), await Host.create(RATE, instrument)];
    const third = await Host.create(RATE, other);
    const ask = (): Reply => {
      third.replies.length = 0;
      // as a node does that believes the tables to be there
      const sent = instrumentMessage({}, instrument);
      third.send({ type: 'model', id: 7, instrument: { ...sent, tables: null }, other: null });
      return third.replies[0];
    };
    one.send({ type: 'dispose' });
    expect(ask()).toMatchObject({ type: 'ready', id: 7 });
    third.send({ type: 'dispose' });
    two.send({ type: 'dispose' });
    const fourth = await Host.create(RATE, other);
    fourth.replies.length = 0;
    fourth.send({ type: 'model', id: 8, instrument: known, other: null });
    expect(fourth.replies).toEqual([{ type: 'missing', id: 8 }]);
    fourth.replies.length = 0;
    fourth.swap(instrument);
    expect(types(fourth.replies)).toEqual(['ready']);
  });

  it('are as good after a disposed one: a node that comes later is answered', async () => {
    const instrument = await instrumentFor(randomModel(6), RATE);
    const first = await Host.create(RATE, instrument);
    const expected = play(first);
    first.send({ type: 'dispose' });
    expect(first.render([[input.subarray(0, first.quantum)]])).toBe(false);
    const second = await Host.create(RATE, instrument);
    expect(types(second.replies)).toEqual(['ready']);
    expect(play(second)).toEqual(expected);
  });
});

describe('what is no request', () => {
  const tables = new Map();
  const instrument = (key: string, model: unknown, sent: unknown) => ({
    ...{ type: 'model', id: 1 },
    instrument: { key, model, tables: sent },
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['nothing', undefined],
    ['a number', 5],
    ['a text', 'play'],
    ['a list', []],
    ['an empty object', {}],
    ['an unknown type', { type: 'sing' }],
    ['no instrument', { type: 'model' }],
    ['null for an instrument', { type: 'model', id: 1, instrument: null }],
    ['a text for an instrument', { type: 'model', id: 1, instrument: 'violin' }],
    ['an instrument without a model', instrument('a', null, tables)],
    ['an instrument of an empty model', instrument('b', {}, tables)],
    ['an instrument whose tables are a text', instrument('c', randomModel(1), 'all')],
    ['matching out of range', { type: 'matching', matching: { level: 1e9 } }],
    ['null for matching', { type: 'matching', matching: null }],
    ['no frames', { type: 'heard' }],
    ['a number for frames', { type: 'heard', event: 'note', entries: 3 }],
    ['too few frames', { type: 'heard', event: 'note', entries: new Float64Array(1) }],
  ])('changes nothing: %s', async (_, message) => {
    const shared = await instrumentFor(randomModel(7), RATE);
    const undisturbed = await Host.create(RATE, shared);
    const host = await Host.create(RATE, shared);
    host.send(message as Request);
    expect(play(host)).toEqual(play(undisturbed));
    host.send(message as Request);
    expect(play(host)).toEqual(play(undisturbed));
    host.swap(await instrumentFor(randomModel(8), RATE));
    expect(host.replies.at(-1)?.type).toBe('ready');
  });
});
