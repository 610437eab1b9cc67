import { describe, expect, it } from 'vitest';
import { BackgroundGate, type Sounding } from '../../src/analysis/background';
import { randomiser } from '../support/kernels';

const note = (loudness: number, f0 = 300, confidence = 0.99): Sounding => ({ f0, confidence, loudness });
const noise = (loudness: number): Sounding => ({ f0: 0, confidence: 0.3, loudness });

function repeat(seconds: number, frame: (i: number) => Sounding, rate = 100): Sounding[] {
  return Array.from({ length: Math.round(seconds * rate) }, (_, i) => frame(i));
}

/** Music in the next room: some frames have a pitch by chance, for moments, and not a sure one. */
function music(seconds: number, loudness: number, seed = 1): Sounding[] {
  const random = randomiser(seed);
  let left = 0;
  let f0 = 0;
  return repeat(seconds, () => {
    if (--left < 0) {
      left = Math.floor(8 * random());
      f0 = random() < 0.4 ? 70 * 2 ** (4 * random()) : 0;
    }
    return { f0, confidence: f0 ? 0.8 + 0.12 * random() : 0.7, loudness: loudness + 14 * (random() - 0.5) };
  });
}

function opened(frames: readonly Sounding[], gate = new BackgroundGate(0.01)): boolean[] {
  return frames.map((frame) => {
    gate.next(frame);
    return gate.open;
  });
}

const share = (flags: readonly boolean[]) => flags.filter(Boolean).length / flags.length;

describe('BackgroundGate', () => {
  it.each([-80, -62, -46, -30, -20])(
    'opens at the first frame of a note above a background of %i dB',
    (floor) => {
      const gate = new BackgroundGate(0.01);
      opened(
        repeat(1, () => noise(floor)),
        gate,
      );
      const loudness = Math.max(floor, -68) + 7;
      expect(
        opened(
          repeat(1, () => note(loudness)),
          gate,
        ),
      ).not.toContain(false);
      // and again after pauses, which are closed
      for (let k = 0; k < 20; k++) {
        opened(
          repeat(0.3, () => noise(floor)),
          gate,
        );
        expect(
          share(
            opened(
              repeat(0.3, () => noise(floor)),
              gate,
            ),
          ),
        ).toBe(0);
        expect(
          opened(
            repeat(0.5, () => note(loudness)),
            gate,
          ),
        ).not.toContain(false);
      }
    },
  );

  it('a steady hum that has a pitch never opens it', () => {
    for (const loudness of [-60, -43, -32]) {
      expect(share(opened(repeat(30, () => note(loudness, 120))))).toBe(0);
    }
  });

  it.each([-18, -30, -40])('nor does noise or music of %i dB, if that was there first', (loudness) => {
    expect(share(opened(repeat(10, () => noise(loudness))))).toBe(0);
    expect(share(opened(music(30, loudness)))).toBeLessThan(0.002);
  });

  it('music that begins later is recognised within two seconds', () => {
    const gate = new BackgroundGate(0.01);
    opened(
      repeat(2, () => noise(-46)),
      gate,
    );
    opened(music(2, -18), gate);
    expect(share(opened(music(20, -18, 2), gate))).toBeLessThan(0.01);
  });

  it('a player is heard above music', () => {
    const gate = new BackgroundGate(0.01);
    opened(music(2, -24), gate);
    for (let k = 0; k < 10; k++) {
      expect(
        share(
          opened(
            repeat(1, () => note(-8, 200, 0.95)),
            gate,
          ),
        ),
      ).toBe(1);
      opened(music(0.2, -24, k), gate);
      expect(share(opened(music(0.8, -24, k), gate))).toBeLessThan(0.05);
    }
  });

  it('noise as loud as a voice hides nothing that has a pitch', () => {
    const gate = new BackgroundGate(0.01);
    opened(
      repeat(2, () => noise(-10)),
      gate,
    );
    // most frames have a pitch, and none is sure
    const voice = () => repeat(0.6, (i) => (i % 20 < 14 ? note(-9, 150, 0.85) : noise(-10)));
    for (let k = 0; k < 10; k++) {
      expect(share(opened(voice(), gate))).toBe(1);
      opened(
        repeat(0.4, () => noise(-10)),
        gate,
      );
      expect(gate.open).toBe(false);
    }
  });

  it('a background with a pitch must be exceeded by 6 dB', () => {
    const gate = new BackgroundGate(0.01);
    opened(music(4, -24), gate);
    expect(gate.threshold - gate.background).toBeCloseTo(6, 1);
  });

  it('a loud note opens it although nothing is known yet', () => {
    expect(opened(repeat(1, () => note(0)))).not.toContain(false);
  });

  it('a soft player who was there from the first sample on is heard after a moment', () => {
    const flags = opened(repeat(3, (i) => note(-20, 300 + Math.floor(i / 50))));
    expect(flags.indexOf(true)).toBeLessThan(70);
    expect(share(flags.slice(70))).toBe(1);
  });

  it('breath and consonants before a note are no background', () => {
    const gate = new BackgroundGate(0.01);
    opened(
      repeat(1, () => noise(-46)),
      gate,
    );
    for (let k = 0; k < 30; k++) {
      opened(
        repeat(0.2, () => noise(-10)),
        gate,
      );
      expect(
        opened(
          repeat(0.6, () => note(-12)),
          gate,
        ),
      ).not.toContain(false);
      opened(
        repeat(0.3, () => noise(-46)),
        gate,
      );
    }
  });

  it('comes down when a background ends', () => {
    const gate = new BackgroundGate(0.01);
    opened(
      repeat(20, () => noise(-10)),
      gate,
    );
    expect(gate.threshold).toBeGreaterThan(-11);
    opened(
      repeat(1, () => noise(-50)),
      gate,
    );
    expect(gate.threshold).toBeLessThan(-40);
    expect(
      opened(
        repeat(0.5, () => note(-30)),
        gate,
      ),
    ).not.toContain(false);
  });

  it('tells what it measures, at any frame rate', () => {
    for (const rate of [50, 100, 200]) {
      const gate = new BackgroundGate(1 / rate);
      expect(gate.background).toBeNaN();
      opened(
        repeat(2, () => noise(-33), rate),
        gate,
      );
      expect(Math.abs(gate.background + 33)).toBeLessThan(0.6);
      expect(gate.threshold).toBe(gate.background);
      gate.reset();
      expect(gate.background).toBeNaN();
      expect(gate.open).toBe(false);
    }
  });
});
