import { describe, expect, it } from 'vitest';
import { HumFilter } from '../../src/analysis/hum';
import { randomiser } from '../support/kernels';

const RATE = 48000;
const FRAME = 0.01;
const AMPLITUDES = [1, 0.5, 0.6, 0.2, 0.3, 0.05, 0.2];

/** Mains hum with harmonics; `drift` in Hz, slowly up and down. */
function hum(seconds: number, hz: number, dB: number, { drift = 0, amplitudes = AMPLITUDES } = {}) {
  const rms = Math.sqrt(amplitudes.reduce((sum, a) => sum + (a * a) / 2, 0));
  const scale = 10 ** (dB / 20) / rms;
  let phase = 1;
  return Float32Array.from({ length: seconds * RATE }, (_, n) => {
    phase += (2 * Math.PI * (hz + drift * Math.sin((2 * Math.PI * n) / RATE / 12))) / RATE;
    return scale * amplitudes.reduce((sum, a, k) => sum + a * Math.sin((k + 1) * phase + k * k), 0);
  });
}

/** A steady tone with five harmonics from `from` to `to`, seconds. */
function tone(seconds: number, hz: number, dB: number, from = 0, to = seconds): Float32Array {
  return Float32Array.from({ length: seconds * RATE }, (_, n) => {
    const t = n / RATE;
    if (t < from || t >= to) return 0;
    let sum = 0;
    for (let k = 1; k <= 5; k++) sum += Math.sin(2 * Math.PI * k * hz * t) / k;
    return 10 ** (dB / 20) * sum;
  });
}

const add = (a: Float32Array, b: Float32Array) => a.map((value, n) => value + b[n]);

/** dB of the samples between two times, seconds. */
function level(samples: Float32Array, from: number, to: number): number {
  const part = samples.subarray(from * RATE, to * RATE);
  return 10 * Math.log10(part.reduce((sum, x) => sum + x * x, 1e-20) / part.length);
}

/** @param playing Hz of the note at a time, as a tracker tells 20 ms later; 0 = nobody plays */
function filtered(input: Float32Array, playing: (seconds: number) => number = () => 0) {
  const samples = input.slice();
  const filter = new HumFilter(RATE, FRAME);
  const hop = RATE * FRAME;
  for (let i = 0; (i + 1) * hop <= samples.length; i++) {
    filter.process(samples, i * hop, (i + 1) * hop);
    const f0 = playing(i * FRAME - 0.02);
    filter.adapt(f0 > 0, f0);
  }
  return { samples, filter };
}

describe('HumFilter', () => {
  it.each([
    [50, -60],
    [50.1, -40],
    [49.95, -50],
    [60, -40],
    [59.97, -60],
    [60.1, -34],
  ])('removes hum of %f Hz at %i dBFS within two seconds', (hz, dB) => {
    const { samples, filter } = filtered(hum(3, hz, dB));
    expect(filter.mains).toBe(Math.round(hz / 10) * 10);
    expect(level(samples, 2, 3)).toBeLessThan(dB - 24);
  });

  it.each([[[0, 1]], [[0, 1, 0, 0.5, 0, 0.3]], [[1]]])('whatever its harmonics are (%j)', (amplitudes) => {
    const { samples } = filtered(hum(3, 60, -50, { amplitudes }));
    expect(level(samples, 2, 3)).toBeLessThan(-80);
  });

  it('follows the frequency of the mains, and hum that changes or ends', () => {
    const input = hum(12, 50, -40, { drift: 0.05 });
    input.subarray(6 * RATE, 9 * RATE).forEach((value, n, part) => {
      part[n] = 0.3 * value;
    });
    input.fill(0, 9 * RATE);
    const { samples } = filtered(input);
    expect(level(samples, 4, 6)).toBeLessThan(-62);
    expect(level(samples, 8, 9)).toBeLessThan(-68);
    expect(level(samples, 11.5, 12)).toBeLessThan(-80);
  });

  it('keeps removing it while somebody plays for seconds', () => {
    const noise = hum(10, 50.02, -40, { drift: 0.01 });
    const note = tone(10, 147, -25, 2, 9);
    const { samples } = filtered(add(noise, note), (t) => (t >= 2 && t < 9 ? 147 : 0));
    const rest = samples.map((value, n) => value - note[n]);
    expect(level(rest, 3, 9)).toBeLessThan(-50);
  });

  it.each([50, 60, 100, 120, 150, 180])('does not harm a note of %i Hz, with hum or without', (hz) => {
    for (const dB of [-50, -200]) {
      const note = tone(7, hz, -20, 2, 6);
      const input = add(hum(7, hz % 50 ? 60 : 50, dB), note);
      const { samples } = filtered(input, (t) => (t >= 2 && t < 6 ? hz : 0));
      expect(Math.abs(level(samples, 2, 3) - level(note, 2, 3))).toBeLessThan(0.3);
      expect(Math.abs(level(samples, 5, 6) - level(note, 5, 6))).toBeLessThan(0.3);
      // and does not add what it learned of the note to the silence after it
      expect(level(samples, 6.1, 7)).toBeLessThan(-60);
    }
  });

  it('leaves everything else alone, to the last bit', () => {
    const random = randomiser(4);
    const noise = Float32Array.from({ length: 3 * RATE }, () => 0.02 * (random() - 0.5));
    expect(filtered(noise).samples).toEqual(noise);
    for (const hz of [82.4, 98, 110, 146.8, 440]) {
      const note = tone(3, hz, -20, 0.5, 3);
      expect(filtered(note).samples).toEqual(note);
    }
  });

  it('does not depend on how a stream is cut', () => {
    const input = hum(2, 50, -40);
    const whole = filtered(input).samples;
    const cut = input.slice();
    const filter = new HumFilter(RATE, FRAME);
    for (let at = 0; at < cut.length; at += 96) {
      filter.process(cut, at, at + 96);
      if ((at + 96) % 480 === 0) filter.adapt(false, 0);
    }
    expect(cut).toEqual(whole);
  });

  it('can be taken over by another filter in the middle of a stream', () => {
    const input = hum(4, 50.02, -40);
    const first = new HumFilter(RATE, FRAME);
    const second = new HumFilter(RATE, FRAME);
    const [own, other] = [input.slice(), input.slice()];
    const taken = 2 * RATE + 200;
    const block = 40;
    for (let at = 0; at < own.length; at += block) {
      first.process(own, at, at + block);
      if (at === taken) second.adopt(first, block);
      if (at >= taken) second.process(other, at, at + block);
      if ((at + block) % 480 === 0) first.adapt(false, 0);
      if (at >= taken && (at + block - taken) % 480 === 0) second.adapt(false, 0);
    }
    expect(second.mains).toBe(50);
    expect(level(other.subarray(taken), 0, 0.2)).toBeLessThan(-62);
    expect(level(other.subarray(taken), 1, 1.9)).toBeLessThan(-62);
  });

  it('forgets everything when it is reset', () => {
    const { filter } = filtered(hum(2, 50, -40));
    filter.reset();
    expect(filter.mains).toBe(0);
    expect(filter.level).toBe(Number.NEGATIVE_INFINITY);
    const noise = Float32Array.from({ length: 480 }, (_, n) => Math.sin(n));
    const samples = noise.slice();
    filter.process(samples, 0, 480);
    expect(samples).toEqual(noise);
  });
});
