import { describe, expect, it } from 'vitest';
import { Follower, type FollowerOptions, type Heard } from '../../src/analysis/follower';

/** 100 frames a second, windows of three hops. */
const shape = { window: 1440, hop: 480, sampleRate: 48000 };

const frame = (heard: Partial<Heard>): Heard => ({
  f0: 0,
  guess: 0,
  confidence: 0,
  loudness: -20,
  doubtAt: () => 1,
  ...heard,
});
const note = (hz: number, heard: Partial<Heard> = {}) =>
  frame({
    f0: hz,
    guess: hz,
    confidence: 0.99,
    doubtAt: (at) => (Math.abs(at / hz - 1) < 0.03 ? 0.01 : 1),
    ...heard,
  });
const noise = (heard: Partial<Heard> = {}) => frame({ guess: 1234, confidence: 0.3, ...heard });

function follow(frames: readonly Heard[], options: Partial<FollowerOptions> = {}) {
  const follower = new Follower({ ...shape, ...options });
  return frames.map((heard) => {
    follower.next(heard);
    return { f0: follower.f0, loudness: follower.loudness };
  });
}
const f0s = (frames: readonly Heard[]) => follow(frames).map(({ f0 }) => f0);
const repeat = <T>(count: number, value: T): T[] => new Array(count).fill(value);

describe('Follower: pitch', () => {
  it('plays what is voiced, and holds it through what is not', () => {
    expect(f0s([noise(), note(200), note(210), noise(), frame({ loudness: -80 }), note(300)])).toEqual([
      440, 200, 210, 210, 210, 300,
    ]);
  });

  it('plays the likelier of two notes while a window holds both', () => {
    const between = frame({ guess: 400, confidence: 0.7 });
    expect(f0s([note(300), between, note(400)])).toEqual([300, 400, 400]);
    // not when it is unlikely, nor for longer than that can last: then what was sure comes back
    expect(f0s([note(300), frame({ guess: 400, confidence: 0.5 }), note(400)])).toEqual([300, 300, 400]);
    expect(f0s([note(300), ...repeat(5, between)])).toEqual([300, 400, 400, 400, 300, 300]);
  });

  it('follows no guess out of a sound that fades, nor after a gap', () => {
    const guess = { guess: 400, confidence: 0.7 };
    expect(f0s([note(300), frame({ ...guess, loudness: -26 })])).toEqual([300, 300]);
    const gap = frame({ loudness: -60 });
    expect(f0s([note(300), gap, frame({ ...guess, loudness: -20 })])).toEqual([300, 300, 300]);
  });

  /** long enough for its pitch to be established */
  const sounding = repeat(6, note(300));

  it.each([2, 3, 4, 5, 6])('a fall to 1/%i of a pitch that still fits must last', (whole) => {
    const creak = note(300 / whole, { doubtAt: () => 0.1 });
    const follows = (...frames: readonly Heard[]) => f0s([...sounding, ...frames]).slice(6);
    expect(follows(creak, note(301))).toEqual([300, 301]);
    expect(follows(creak, creak, note(301))).toEqual([300, 300, 301]);
    expect(follows(...repeat(3, creak))).toEqual([300, 300, 300 / whole]);
  });

  it('a multiple is believed at once, but for one less clear than the pitch while the sound fades', () => {
    const octave = (clear: number, heard: Partial<Heard> = {}) =>
      note(600, { doubtAt: (hz) => (hz > 590 ? clear : 0.002), ...heard });
    expect(f0s([...sounding, octave(0.03)]).at(-1)).toBe(600);
    const fading = (clear: number) => [-25, -27, -29, -31].map((loudness) => octave(clear, { loudness }));
    expect(f0s([...sounding, ...fading(0.003)]).slice(6)).toEqual(repeat(4, 300));
    expect(f0s([...sounding, ...fading(0.001)]).slice(6)).toEqual(repeat(4, 600));
  });

  it('an octave down that is one is played at once, as is any up', () => {
    expect(f0s([...sounding, note(150)]).at(-1)).toBe(150);
    expect(f0s([...sounding, note(600, { doubtAt: () => 0 })]).at(-1)).toBe(600);
    expect(f0s([...sounding, note(200, { doubtAt: () => 0.1 })]).at(-1)).toBe(200);
    // a new note, some time later, is no creak of the old one
    const creaking = { doubtAt: (hz: number) => (hz > 310 ? 1 : hz > 140 ? 0.05 : 0.2) };
    expect(f0s([...sounding, ...repeat(4, noise()), note(150, creaking)]).at(-1)).toBe(150);
  });

  it('a beginning whose octave is contested waits, for 20 ms', () => {
    const contested = note(600, { doubtAt: (hz) => (hz > 700 ? 1 : hz > 590 ? 0.12 : 0.15) });
    expect(f0s([noise(), contested, contested, note(300)])).toEqual([440, 440, 440, 300]);
    expect(f0s([noise(), ...repeat(3, contested)])).toEqual([440, 440, 440, 600]);
    const clear = note(600, { doubtAt: (hz) => (hz > 700 ? 1 : hz > 590 ? 0.12 : 0.25) });
    expect(f0s([noise(), clear])).toEqual([440, 600]);
  });

  it.each([2, 3])('so does one of which 1/%i of the period fits, too, unless it is clear', (whole) => {
    const low = (doubt: number) =>
      note(100, { doubtAt: (hz) => (Math.abs(hz / (100 * whole) - 1) < 0.1 ? 0.4 : hz > 110 ? 1 : doubt) });
    expect(f0s([noise(), low(0.1), note(100 * whole)])).toEqual([440, 440, 100 * whole]);
    expect(f0s([noise(), low(0.05)])).toEqual([440, 100]);
  });

  it('two pulses of a throat are no note; a low note is, 20 ms later', () => {
    const pulse = note(76);
    expect(f0s([noise(), pulse, pulse, noise(), noise(), note(139)])).toEqual([...repeat(5, 440), 139]);
    expect(f0s([noise(), ...repeat(3, pulse)])).toEqual([440, 440, 440, 76]);
    expect(f0s([noise(), note(90)])).toEqual([440, 90]);
    // nor does a note that sounds wait
    expect(f0s([note(150), note(76)])).toEqual([150, 76]);
  });

  it('a leap in what is left of a sound is no note, unless it is sure', () => {
    const click = (confidence: number, loudness = -50) => note(1600, { loudness, confidence });
    expect(f0s([note(150), click(0.85)])).toEqual([150, 150]);
    expect(f0s([note(150), click(0.96)])).toEqual([150, 1600]);
    // falling, it must be surer
    expect(f0s([note(150), click(0.92, -26), click(0.92, -28)])).toEqual([150, 150, 150]);
    expect(f0s([note(150), click(0.92, -26), click(0.92, -26)])).toEqual([150, 150, 1600]);
    expect(f0s([note(150), note(160, { loudness: -50, confidence: 0.85 })])).toEqual([150, 160]);
    // the level is forgotten: a soft note follows a loud one
    expect(f0s([note(150), ...repeat(70, noise({ loudness: -80 })), click(0.85)]).at(-1)).toBe(1600);
  });
});

describe('Follower: loudness', () => {
  const loudnesses = (frames: readonly Heard[], options?: Partial<FollowerOptions>) =>
    follow(frames, options).map(({ loudness }) => Math.round(loudness));

  it('is silent before the first note, whatever sounds', () => {
    expect(loudnesses([...repeat(30, noise()), note(200), note(200)])).toEqual([
      ...repeat(30, -80),
      -20,
      -20,
    ]);
  });

  it('follows the input through a consonant, then fades; the next note is there at once', () => {
    const played = loudnesses([note(200), ...repeat(40, noise({ loudness: -10 })), note(220)]);
    expect(played.slice(0, 11)).toEqual([-20, ...repeat(10, -10)]);
    expect(played.slice(11, 15)).toEqual([-13, -16, -19, -22]);
    for (let i = 12; i < 41; i++) expect(played[i]).toBeLessThanOrEqual(played[i - 1]);
    expect(played[40]).toBe(-80);
    expect(played[41]).toBe(-20);
  });

  it('holds for as long as it is told', () => {
    const frames = [note(200), ...repeat(10, noise())];
    expect(loudnesses(frames, { hold: Number.POSITIVE_INFINITY })).toEqual(repeat(11, -20));
    expect(loudnesses([noise()], { hold: Number.POSITIVE_INFINITY })).toEqual([-20]);
    expect(loudnesses(frames, { hold: 0 }).slice(0, 3)).toEqual([-20, -23, -26]);
  });

  it('below the gate nothing begins, and loudness falls away', () => {
    const levels = [-30, -40, -45, -50, -60].map((loudness) => note(200, { loudness }));
    expect(loudnesses(levels, { gate: -40 })).toEqual([-30, -40, -60, -80, -80]);
    expect(follow(repeat(3, note(200, { loudness: -41 })), { gate: -40 }).at(-1)).toEqual({
      f0: 440,
      loudness: -80,
    });
  });

  it('forgets when reset', () => {
    const follower = new Follower(shape);
    follower.next(note(200));
    follower.reset();
    expect([follower.f0, follower.loudness]).toEqual([440, -80]);
    follower.next(noise());
    expect([follower.f0, follower.loudness]).toEqual([440, -80]);
  });
});
