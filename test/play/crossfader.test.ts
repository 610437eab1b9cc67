import { describe, expect, it } from 'vitest';
import { ControlState } from '../../src/controls';
import { Crossfader, type Playable } from '../../src/play/crossfader';
import { FRAME_VALUES } from '../../src/play/frame-log';
import { matching } from '../../src/play/matching/options';
import type { Listener } from '../../src/play/sources/listener';
import { randomiser } from '../support/kernels';

const RATE = 48000;
const HOP = 480;
/** two hops, 20 ms */
const FADE = 960;
const WARM_UP = 7200;

/**
 * Plays its input times `scale`, `latency` samples later, and after it has faded away `tail` samples of `ring`; a
 * frame every 480 samples.
 */
class Delay implements Playable {
  readonly hop = HOP;
  readonly controls = new ControlState();
  readonly matching = matching();
  /** what the log asks of a listener */
  readonly listener: Listener;
  /** calls of the listener's `adopt`, and how much had been played by then */
  readonly adopted: [Listener, number, number][] = [];
  readonly listening = null;
  blocks = 0;
  origin = 0;
  played = 0;
  readonly #line: Float32Array;
  #fadeFrom = Number.POSITIVE_INFINITY;
  #fade = 1;

  constructor(
    readonly latency: number,
    readonly scale: number,
    readonly tail = 0,
    readonly ring = 0,
  ) {
    this.#line = new Float32Array(latency + 1);
    const heard = {
      ...{ f0: 100 * scale, confidence: 1, loudness: -20, register: 1, level: 12 },
      ...{ note: true, gate: -40, hum: 0 },
      adopt: (other: Listener, ahead: number) => this.adopted.push([other, ahead, this.played]),
    };
    this.listener = heard as unknown as Listener;
  }

  get position(): number {
    return this.played;
  }

  get untilBlock(): number {
    return HOP - (this.played % HOP);
  }

  prepare(): boolean {
    return true;
  }

  release(hops: number): void {
    this.#fadeFrom = this.played + this.untilBlock;
    this.#fade = hops * HOP;
  }

  process(input: Float32Array | null, output: Float32Array, offset: number, count: number): void {
    const line = this.#line;
    for (let i = 0; i < count; i++) {
      const faded = Math.min(1, Math.max(0, (this.played + 1 - this.#fadeFrom) / this.#fade));
      line[this.played % line.length] = input ? input[offset + i] * this.scale : 0;
      this.played++;
      output[offset + i] = line[this.played % line.length] * (1 - faded) + (faded === 1 ? this.ring : 0);
    }
    this.blocks = Math.floor(this.played / HOP);
  }
}

/** Feeds ones in blocks of random sizes; `at` maps a sample position to what happens before it. */
function play(
  crossfader: Crossfader,
  total: number,
  at: Readonly<Record<number, () => void>> = {},
): Float32Array {
  const random = randomiser(5);
  const ones = new Float32Array(total).fill(1);
  const output = new Float32Array(total).fill(Number.NaN);
  const stops = [...Object.keys(at).map(Number), total].sort((a, b) => a - b);
  for (let n = 0; n < total; ) {
    at[n]?.();
    const stop = stops.find((position) => position > n) ?? total;
    const count = Math.min(1 + Math.floor(random() * 700), stop - n);
    crossfader.process(ones, output, n, count);
    n += count;
  }
  return output;
}

describe('crossfader', () => {
  it('is silent without an engine', () => {
    const output = play(new Crossfader(RATE), 3000);
    expect(output.every((value) => value === 0)).toBe(true);
  });

  it('plays its first engine at once, whatever the blocks', () => {
    const crossfader = new Crossfader(RATE);
    crossfader.setEngine(new Delay(100, 2));
    const output = play(crossfader, 3000);
    for (let i = 0; i < output.length; i++) expect(output[i]).toBe(i < 100 ? 0 : 2);
  });

  it('takes the last engine that came before anything was played', () => {
    const crossfader = new Crossfader(RATE);
    crossfader.setEngine(new Delay(0, 1));
    crossfader.setEngine(new Delay(0, 2));
    expect(play(crossfader, 3000).every((value) => value === 2)).toBe(true);
  });

  it('plays the old engine until the new one is warm and the old one comes to a frame, then fades linearly', () => {
    const crossfader = new Crossfader(RATE);
    const old = new Delay(0, 1);
    crossfader.setEngine(old);
    const output = play(crossfader, 12_000, { 1000: () => crossfader.setEngine(new Delay(1500, 3)) });
    const start = Math.ceil((1000 + 1500 + WARM_UP + 1) / HOP) * HOP;
    for (let i = 0; i < output.length; i++) {
      const weight = Math.min(1, Math.max(0, (i - start + 1) / FADE));
      expect(output[i]).toBeCloseTo(1 + 2 * weight, 5);
    }
    expect(old.played).toBeLessThan(start + FADE + 128);
  });

  it('lets what the old engine has left ring on, for its tail', () => {
    const crossfader = new Crossfader(RATE);
    const old = new Delay(0, 1, 5000, 0.25);
    crossfader.setEngine(old);
    play(crossfader, HOP);
    const output = play(crossfader, 20_000, { 0: () => crossfader.setEngine(new Delay(0, 3)) });
    const end = WARM_UP + HOP + FADE;
    for (let i = end; i < output.length; i++) expect(output[i]).toBeCloseTo(i < end + 5000 ? 3.25 : 3, 5);
    expect(old.played).toBe(HOP + end + 5000);
  });

  it('fades a tail out within 20 ms where another swap begins', () => {
    const crossfader = new Crossfader(RATE);
    const old = new Delay(0, 1, 5000, 0.25);
    crossfader.setEngine(old);
    play(crossfader, HOP);
    const end = WARM_UP + HOP + FADE;
    const output = play(crossfader, 20_000, {
      0: () => crossfader.setEngine(new Delay(0, 3)),
      [end + 1000]: () => crossfader.setEngine(new Delay(5000, 3)),
    });
    for (let i = end; i < end + 1000 + FADE; i++) {
      const left = Math.min(1, 1 - (i + 1 - end - 1000) / FADE);
      expect(output[i]).toBeCloseTo(3 + 0.25 * left, 5);
    }
    expect(output[end + 1000 + FADE + 1]).toBe(3);
    expect(old.played).toBe(HOP + end + 1000 + FADE);
  });

  it('lets an engine replace one that still waits', () => {
    const crossfader = new Crossfader(RATE);
    crossfader.setEngine(new Delay(0, 1));
    const skipped = new Delay(1000, 50);
    const output = play(crossfader, 12_000, {
      500: () => crossfader.setEngine(skipped),
      900: () => crossfader.setEngine(new Delay(600, 2)),
    });
    expect(Math.max(...output)).toBeLessThanOrEqual(2);
    expect(output[1500 + WARM_UP]).toBe(1);
    expect(output[1500 + WARM_UP + HOP + FADE]).toBe(2);
    expect(skipped.played).toBe(400);
  });

  it('lets an engine that comes during a fade wait for its end', () => {
    const crossfader = new Crossfader(RATE);
    crossfader.setEngine(new Delay(0, 1));
    const fading = 960 + WARM_UP + 500;
    const output = play(crossfader, 24_000, {
      960: () => crossfader.setEngine(new Delay(0, 2)),
      [fading]: () => crossfader.setEngine(new Delay(10, 3)),
    });
    let largest = 0;
    for (let i = 1; i < output.length; i++) largest = Math.max(largest, Math.abs(output[i] - output[i - 1]));
    expect(largest).toBeLessThan(1.01 / FADE + 1e-6);
    expect(output[960 + WARM_UP + 479]).toBe(1);
    expect(output[960 + WARM_UP + 480 + FADE]).toBeCloseTo(2, 5);
    expect(output[output.length - 1]).toBe(3);
  });

  it('never runs more than three engines, and those only while a tail is cut', () => {
    const crossfader = new Crossfader(RATE);
    const engines: Delay[] = [];
    const random = randomiser(8);
    const block = new Float32Array(128);
    let three = 0;
    for (let i = 0; i < 20_000; i++) {
      if (random() < 0.01) {
        const engine = new Delay(Math.floor(2000 * random()), 1, 50_000);
        engines.push(engine);
        crossfader.setEngine(engine);
      }
      const before = engines.map(({ played }) => played);
      crossfader.process(null, block, 0, block.length);
      const running = engines.filter(({ played }, index) => played > before[index]).length;
      expect(running).toBeLessThanOrEqual(3);
      if (running === 3) three++;
    }
    expect(engines.length).toBeGreaterThan(100);
    // 960 samples, in the blocks that they touch
    expect(three).toBeLessThanOrEqual(9 * engines.length);
  });

  it('gives both engines its controls, and silence where there is no input', () => {
    const crossfader = new Crossfader(RATE);
    const [one, two] = [new Delay(0, 1), new Delay(4000, 1)];
    crossfader.setEngine(one);
    crossfader.controls.gain = 2;
    crossfader.controls.pitchShift = -12;
    crossfader.process(null, new Float32Array(128), 0, 128);
    crossfader.setEngine(two);
    const output = new Float32Array(128).fill(1);
    crossfader.process(null, output, 0, 128);
    expect(one.controls).toEqual(crossfader.controls);
    expect(two.controls).toEqual(crossfader.controls);
    expect(output.every((value) => value === 0)).toBe(true);
  });

  it('writes only where it was asked to', () => {
    const crossfader = new Crossfader(RATE);
    crossfader.setEngine(new Delay(0, 1));
    play(crossfader, 100);
    crossfader.setEngine(new Delay(0, 1));
    const output = new Float32Array(1000).fill(7);
    crossfader.process(new Float32Array(1000).fill(1), output, 300, 400);
    output.forEach((value, i) => {
      expect(value).toBeCloseTo(i < 300 || i >= 700 ? 7 : 1, 5);
    });
  });

  it('tells an engine that takes over of the background, once and before it hears anything', () => {
    const crossfader = new Crossfader(RATE);
    const [first, second] = [new Delay(0, 1), new Delay(0, 2)];
    crossfader.setEngine(first);
    const sound = new Float32Array(128);
    crossfader.process(sound, sound.slice(), 0, 128);
    crossfader.setEngine(second);
    for (let i = 0; i < 100; i++) crossfader.process(sound, sound.slice(), 0, 128);
    expect(first.adopted).toEqual([]);
    expect(second.adopted).toEqual([[first.listener, 128, 0]]);
  });

  it('logs every frame of the engine that is heard', () => {
    const crossfader = new Crossfader(RATE);
    crossfader.setEngine(new Delay(0, 1));
    const swapped = 960 + 960 + WARM_UP + HOP + FADE;
    play(crossfader, swapped + 5 * HOP, { 960: () => crossfader.setEngine(new Delay(960, 2)) });
    const frames = new Float64Array(FRAME_VALUES * 100);
    const count = crossfader.log.drain(frames);
    expect(count).toBe(swapped / HOP + 5);
    for (let i = 0; i < count; i++) {
      const [position, f0, ...rest] = frames.subarray(FRAME_VALUES * i, FRAME_VALUES * (i + 1));
      expect(Math.abs(position - 480 * (i + 1))).toBeLessThan(128);
      expect(f0).toBe(480 * (i + 1) < swapped ? 100 : 200);
      expect(rest).toEqual([1, -20, 1, 12, 1, -40, 0]);
    }
    expect(crossfader.log.drain(frames)).toBe(0);
  });
});
