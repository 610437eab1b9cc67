/** Matching, given frames of a player that is made up. */

import { describe, expect, it } from 'vitest';
import { OptionError } from '../../../src/errors';
import type { Statistics } from '../../../src/model/model';
import { type Followed, Matching } from '../../../src/play/matching/matching';
import { type MatchingOptions, matching } from '../../../src/play/matching/options';
import type { PlayerData } from '../../../src/play/matching/player-data';
import { PlayerProfile } from '../../../src/play/matching/profile';
import { randomiser } from '../../support/kernels';

/** Something like the violin's. */
const VIOLIN: Statistics = { f0: [220, 500, 980], loudness: [-4, 8, 17] };
const SAXOPHONE: Statistics = { f0: [147, 330, 784], loudness: [8, 13, 19] };
const CELLO: Statistics = { f0: [66, 262, 883], loudness: [-23, 2, 11] };
const FLOOR = -80;

const SILENCE: Followed = { f0: 440, loudness: FLOOR, voiced: false };
const note = (f0: number, loudness = 0): Followed => ({ f0, loudness, voiced: true });

function repeat(frame: Followed, seconds: number, rate = 100): Followed[] {
  return new Array(Math.round(seconds * rate)).fill(frame);
}

/** A melody in phrases of four notes, with attack and decay, and pauses of half a second between them. */
function melody(
  low: number,
  semitones: number,
  seconds: number,
  { forte = 5, seed = 1, rate = 100 } = {},
): Followed[] {
  const random = randomiser(seed);
  const frames: Followed[] = [];
  while (frames.length < seconds * rate) {
    for (let k = 0; k < 4; k++) {
      const f0 = low * 2 ** (Math.floor(random() * (semitones + 1)) / 12);
      const peak = forte - 10 * random();
      const length = Math.round(0.5 * rate);
      for (let i = 0; i < length; i++) {
        const attack = Math.min(0, -12 + (300 * i) / rate);
        frames.push(note(f0, peak + attack - (8 * i) / length));
      }
    }
    frames.push(...repeat(SILENCE, 0.5, rate));
  }
  return frames;
}

interface Step {
  readonly f0: number;
  readonly loudness: number;
  readonly octaves: number;
  readonly gain: number;
}

class Stage {
  readonly profile = new PlayerProfile();
  readonly #rate: number;
  #matching: Matching;

  constructor(statistics = VIOLIN, rate = 100) {
    this.#rate = rate;
    this.#matching = new Matching(statistics, this.profile, 1 / rate);
  }

  play(frames: readonly Followed[], options: MatchingOptions = {}): Step[] {
    const settings = matching(options);
    return frames.map((frame) => {
      this.#matching.next(frame, settings);
      const { f0, loudness, octaves, gain } = this.#matching;
      return { f0, loudness, octaves, gain };
    });
  }

  restore(data: PlayerData): void {
    this.profile.restore(data);
  }

  swap(statistics: Statistics): void {
    this.#matching = new Matching(statistics, this.profile, 1 / this.#rate);
  }
}

/** Frames at which `key` differs from the frame before. */
function changes(steps: readonly Step[], key: 'octaves' | 'gain'): number[] {
  return [...steps.keys()].filter((i) => i > 0 && steps[i][key] !== steps[i - 1][key]);
}

function octavesOf(steps: readonly Step[]): number[] {
  return [...new Set(steps.map(({ octaves }) => octaves))];
}

describe('register', () => {
  it.each([
    ['a bass', 82, 12, 2],
    ['a baritone', 98, 12, 2],
    ['a tenor', 135, 5, 2],
    ['a soprano', 262, 17, 0],
    ['a whistle', 1320, 10, -2],
    ['a high whistle', 2100, 7, -2],
  ])('%s plays in the range of the model, from the first note on', (_, low, semitones, octaves) => {
    const frames = melody(low, semitones, 20);
    const steps = new Stage().play(frames);
    expect(octavesOf(steps)).toEqual([octaves]);
    steps.forEach(({ f0 }, i) => {
      expect(f0).toBe(frames[i].f0 * 2 ** octaves);
      if (frames[i].voiced) expect(f0).toBeGreaterThan(220 * 0.84);
      if (frames[i].voiced) expect(f0).toBeLessThan(980 * 1.19);
    });
  });

  it.each([1, 2, 3, 4])('leaves alone who plays in the range of the model (melody %i)', (seed) => {
    for (const [low, semitones] of [
      [196, 12],
      [220, 26],
      [400, 12],
      [520, 14],
    ]) {
      const steps = new Stage().play(melody(low, semitones, 30, { seed }));
      expect(octavesOf(steps)).toEqual([0]);
    }
  });

  it('changes only after a pause, whoever plays', () => {
    const random = randomiser(7);
    const stage = new Stage();
    const frames: Followed[] = [];
    for (let part = 0; part < 40; part++) {
      frames.push(...melody(70 * 2 ** (4.5 * random()), 12 * random(), 10 * random(), { seed: part }));
      frames.push(...repeat(SILENCE, 2 * random()));
    }
    const steps = stage.play(frames);
    const changed = changes(steps, 'octaves');
    expect(changed.length).toBeGreaterThan(5);
    for (const i of changed) {
      expect(frames[i].voiced).toBe(true);
      expect(frames.slice(i - 29, i).some(({ voiced }) => voiced)).toBe(false);
    }
  });

  it('follows another singer within a few phrases, and then stays', () => {
    const stage = new Stage();
    expect(octavesOf(stage.play(melody(300, 12, 40)))).toEqual([0]);
    const steps = stage.play(melody(85, 12, 40));
    expect(octavesOf(steps)).toEqual([0, 1]);
    expect(changes(steps, 'octaves')[0]).toBeLessThan(1000);
    expect(octavesOf(stage.play(melody(85, 12, 40)))).toEqual([1]);
  });

  it('does not waver at the edge of the range', () => {
    for (let low = 120; low < 240; low += 4) {
      const steps = new Stage().play(melody(low, 10, 120, { seed: low }));
      expect(changes(steps.slice(1), 'octaves').length).toBeLessThan(2);
    }
  });

  it('a low phrase of a singer who is in the range stays where it is', () => {
    const stage = new Stage();
    stage.play(melody(262, 14, 40));
    expect(octavesOf(stage.play(melody(175, 7, 5)))).toEqual([0]);
  });

  it('goes home when a first note, low by chance, is followed by higher ones', () => {
    const stage = new Stage();
    expect(octavesOf(stage.play([...repeat(note(180), 0.3), ...repeat(note(350), 4)]))).toEqual([1]);
    stage.play(repeat(SILENCE, 0.5));
    const steps = stage.play([...melody(300, 12, 80)]);
    expect(steps.at(-1)?.octaves).toBe(0);
    expect(changes(steps, 'octaves').length).toBeLessThan(2);
  });

  it('a leap of the tracker in the first moment does not decide', () => {
    const steps = new Stage().play([...repeat(note(98), 0.03), ...repeat(note(392), 3)]);
    expect(steps[0].octaves).toBe(2);
    // what is played does not leap with it
    expect(steps[0].f0).toBe(392);
    expect(octavesOf(steps.slice(3))).toEqual([0]);
  });

  it('is what it was after a long rest', () => {
    const stage = new Stage();
    stage.play(melody(82, 12, 20));
    stage.play(repeat(SILENCE, 60));
    expect(octavesOf(stage.play(repeat(note(230), 1)))).toEqual([2]);
  });

  it('leaves everybody alone if the model does not say what it learned', () => {
    const unknown: Statistics = { f0: [440, 440, 440], loudness: [FLOOR, FLOOR, FLOOR] };
    const frames = melody(82, 12, 10);
    new Stage(unknown).play(frames).forEach(({ f0, loudness, gain }, i) => {
      expect([f0, loudness, gain]).toEqual([frames[i].f0, frames[i].loudness, 0]);
    });
  });
});

describe('level', () => {
  it.each([-45, -35, -20, 15])('%i dB more plays the same after ten seconds of notes', (more) => {
    const normal = new Stage().play(melody(300, 12, 40));
    const frames = melody(300, 12, 40).map((frame) =>
      frame.voiced ? { ...frame, loudness: frame.loudness + more } : frame,
    );
    const steps = new Stage().play(frames);
    const from = 1250;
    steps.slice(from).forEach(({ gain, loudness }, k) => {
      const i = k + from;
      expect(Math.abs(gain + more - normal[i].gain)).toBeLessThan(2.5);
      // all but the first frames of an attack, where they come close to silence
      if (frames[i].voiced && frames[i].loudness > -60) {
        expect(Math.abs(loudness - normal[i].loudness)).toBeLessThan(2.5);
      }
    });
  });

  it('a first note is placed by what is usual at a microphone, not by itself', () => {
    for (const loudness of [-25, -10, 5]) {
      const [step] = new Stage().play(repeat(note(400, loudness), 0.5));
      expect(step.gain).toBeCloseTo(17 - 9, 6);
      expect(step.loudness).toBeCloseTo(loudness + 8, 6);
    }
  });

  it.each([VIOLIN, CELLO, SAXOPHONE])(
    'from cold, a crescendo keeps its range and rises all the way (%#)',
    (model) => {
      const frames = Array.from({ length: 800 }, (_, i) => note(400, -20 + (34 * i) / 800));
      const steps = new Stage(model).play(frames);
      for (let i = 1; i < steps.length; i++) {
        expect(steps[i].loudness).toBeGreaterThan(steps[i - 1].loudness - 1e-9);
      }
      expect(steps[799].loudness - steps[0].loudness).toBeGreaterThan(0.6 * 34);
    },
  );

  it.each([1, 2, 3])('is not fooled by a crescendo of many seconds (%i dB a second)', (speed) => {
    const frames: Followed[] = [];
    for (let second = 0; second < 30 / speed; second++) {
      for (let i = 0; i < 100; i++) frames.push(note(400, -25 + speed * (second + i / 100)));
      frames.push(...repeat(SILENCE, 0.4));
    }
    const steps = new Stage().play(frames);
    const voiced = steps.filter((_, i) => frames[i].voiced);
    const range = voiced[voiced.length - 1].loudness - voiced[0].loudness;
    expect(range).toBeGreaterThan(0.6 * 30);
  });

  it('keeps six notes of 6 dB each apart, from cold', () => {
    const frames = [-25, -19, -13, -7, -1, 5].flatMap((level) => [
      ...repeat(note(400, level), 1),
      ...repeat(SILENCE, 0.4),
    ]);
    const steps = new Stage().play(frames);
    for (let k = 1; k < 6; k++) {
      const [before, after] = [steps[140 * k - 90].loudness, steps[140 * k + 50].loudness];
      expect(after - before).toBeGreaterThan(3.6);
    }
  });

  it.each([VIOLIN, CELLO, SAXOPHONE])('pp for eight seconds, then ff: both are heard (%#)', (model) => {
    const half = (level: number) =>
      Array.from({ length: 11 }, () => [...repeat(note(400, level), 0.6), ...repeat(SILENCE, 0.13)]).flat();
    const frames = [...half(-15), ...half(12)];
    const steps = new Stage(model).play(frames);
    const mean = (from: number, to: number) => {
      const part = steps.slice(from, to).filter((_, i) => frames[from + i].voiced);
      return part.reduce((sum, { loudness }) => sum + loudness, 0) / part.length;
    };
    const middle = frames.length / 2;
    expect(mean(middle, frames.length) - mean(0, middle)).toBeGreaterThan(0.6 * 27);
  });

  it("makes the player's forte the model's", () => {
    for (const forte of [-40, -10, 30]) {
      const frames = melody(300, 12, 40, { forte });
      const steps = new Stage().play(frames).slice(1000);
      const played = steps.filter((_, i) => frames[i + 1000].voiced).map(({ loudness }) => loudness);
      played.sort((a, b) => a - b);
      expect(Math.abs(played[Math.floor(0.95 * played.length)] - 17)).toBeLessThan(1.5);
    }
  });

  it('hardly moves within a note, and keeps the dynamics of a phrase', () => {
    const stage = new Stage();
    stage.play(melody(300, 12, 30));
    const swell = Array.from({ length: 800 }, (_, i) => note(400, -20 + 20 * Math.sin((Math.PI * i) / 800)));
    const steps = stage.play(swell);
    for (let i = 1; i < steps.length; i++) {
      expect(Math.abs(steps[i].gain - steps[i - 1].gain)).toBeLessThan(0.075);
    }
    const range = (values: readonly { loudness: number }[]) =>
      Math.max(...values.map(({ loudness }) => loudness)) - values[0].loudness;
    expect(range(steps)).toBeGreaterThan(range(swell) - 4);
    expect(
      Math.max(...steps.map(({ gain }) => gain)) - Math.min(...steps.map(({ gain }) => gain)),
    ).toBeLessThan(5);
  });

  it('follows who plays louder from now on, and never goes far beyond what the model learned', () => {
    const stage = new Stage();
    stage.play(melody(300, 12, 20, { forte: -25 }));
    const steps = stage.play(melody(300, 12, 20, { forte: 10 }));
    expect(Math.max(...steps.map(({ loudness }) => loudness))).toBeLessThanOrEqual(17 + 6);
    const alone = new Stage().play(melody(300, 12, 20, { forte: 10 }));
    expect(Math.abs((steps.at(-1)?.gain ?? 0) - (alone.at(-1)?.gain ?? 0))).toBeLessThan(1);
  });

  it('never raises silence, nor what has no pitch above its place', () => {
    const stage = new Stage();
    stage.play(melody(300, 12, 20, { forte: -35 }));
    const [silent] = stage.play([SILENCE]);
    expect(silent.loudness).toBe(FLOOR);
    const before = silent.gain;
    const noise: Followed = { f0: 300, loudness: -75, voiced: false };
    const steps = stage.play([...repeat(noise, 20), ...repeat({ ...noise, loudness: -50 }, 20)]);
    for (const { gain } of steps) expect(gain).toBe(before);
    // as far below the player as it was: 40 dB and more
    for (const { loudness } of steps.slice(0, 2000)) expect(loudness).toBeLessThan(17 - 40);
  });

  it('a hum in the pauses, which has a pitch, is not taken for the player', () => {
    const stage = new Stage();
    const before = stage.play(melody(300, 12, 20)).at(-1)?.gain;
    const steps = stage.play(repeat(note(100, -38), 30));
    for (const { gain, octaves } of steps) expect([gain, octaves]).toEqual([before, 0]);
  });

  it("fades as the player fades: what is lower never becomes louder, down to the floor's silence", () => {
    const stage = new Stage();
    stage.play(melody(300, 12, 20, { forte: -35 }));
    const fade = Array.from({ length: 60 }, (_, i) => ({ ...SILENCE, loudness: Math.max(-20 - i, FLOOR) }));
    const steps = stage.play(fade);
    for (let i = 1; i < steps.length; i++) {
      expect(steps[i].loudness).toBeLessThanOrEqual(steps[i - 1].loudness);
    }
    expect(stage.play([SILENCE])[0].loudness).toBe(FLOOR);
  });
});

describe('matching', () => {
  it('off is off, and what is fixed is fixed', () => {
    const frames = melody(82, 12, 10, { forte: -30 });
    new Stage().play(frames, { register: 'off', level: 'off' }).forEach((step, i) => {
      expect(step).toEqual({ f0: frames[i].f0, loudness: frames[i].loudness, octaves: 0, gain: 0 });
    });
    const fixed = new Stage().play(frames, { register: -1, level: 12 });
    fixed.forEach(({ f0, loudness, octaves, gain }, i) => {
      expect([f0, octaves, gain]).toEqual([frames[i].f0 / 2, -1, 12]);
      if (frames[i].loudness > -60) expect(loudness).toBeCloseTo(frames[i].loudness + 12, 9);
      else expect(loudness).toBe(FLOOR);
    });
    expect(new Stage().play([SILENCE], { level: -20 })[0].loudness).toBe(FLOOR);
  });

  it('can be changed while it runs, and knows the player when it is auto again', () => {
    const stage = new Stage();
    stage.play(melody(82, 12, 10));
    expect(octavesOf(stage.play(repeat(note(100), 1), { register: 'off' }))).toEqual([0]);
    expect(octavesOf(stage.play(repeat(note(100), 1)))).toEqual([2]);
  });

  it('refuses what is no register and no level, by name', () => {
    const refused = (options: unknown) => () => matching(options as MatchingOptions);
    expect(refused({ register: 5 })).toThrow(
      'matching.register: expected a whole number from -4 to 4 octaves, found 5',
    );
    expect(refused({ register: 0.5 })).toThrow('matching.register');
    expect(refused({ register: 'on' })).toThrow(
      `matching.register: expected 'auto', 'off' or a number, found "on"`,
    );
    expect(refused({ level: Number.NaN })).toThrow(
      'matching.level: expected a number from -30 to 60 dB, found NaN',
    );
    expect(refused({ level: 61 })).toThrow(OptionError);
    expect(matching()).toEqual({ register: 'auto', level: 'auto', lock: false });
    expect(refused({ lock: 1 })).toThrow('matching.lock');
    expect(matching({ level: 3.5 })).toEqual({ register: 'auto', level: 3.5, lock: false });
  });

  it('another model meets the player it is told of: same forte, own register, at once', () => {
    const stage = new Stage(CELLO);
    const cello = stage.play(melody(82, 12, 20));
    expect(octavesOf(cello)).toEqual([0]);
    stage.swap(VIOLIN);
    const [violin] = stage.play(repeat(note(110), 0.1));
    expect(violin.octaves).toBe(2);
    expect(Math.abs(violin.gain - (cello.at(-1)?.gain ?? 0) - 6)).toBeLessThan(1);
  });

  it('is the same at any frame rate', () => {
    for (const rate of [50, 200, 375]) {
      for (const low of [82, 300]) {
        const expected = new Stage().play(melody(low, 12, 20));
        const steps = new Stage(VIOLIN, rate).play(melody(low, 12, 20, { rate }));
        expect(steps.at(-1)?.octaves).toBe(expected.at(-1)?.octaves);
        expect(Math.abs((steps.at(-1)?.gain ?? 0) - (expected.at(-1)?.gain ?? 0))).toBeLessThan(0.5);
      }
    }
  });

  it('survives what is no number', () => {
    const stage = new Stage();
    const steps = stage.play([
      note(300, Number.NaN),
      { f0: 300, loudness: Number.NaN, voiced: false },
      ...melody(300, 12, 5),
      note(300, Number.NaN),
      ...melody(300, 12, 5),
    ]);
    for (const { f0, octaves, gain } of steps) {
      expect(Number.isFinite(f0) && Number.isFinite(octaves) && Number.isFinite(gain)).toBe(true);
    }
    expect(Number.isFinite(steps.at(-1)?.loudness)).toBe(true);
  });

  it('runs for hours', () => {
    const stage = new Stage();
    const tune = melody(300, 12, 60);
    const first = stage.play(tune).at(-1);
    for (let minute = 0; minute < 120; minute++) stage.play(minute % 3 === 0 ? tune : repeat(SILENCE, 60));
    const last = stage.play(tune).at(-1);
    expect(last?.octaves).toBe(0);
    expect(Math.abs((last?.gain ?? 0) - (first?.gain ?? 0))).toBeLessThan(0.5);
  });
});

describe('what is known of a player', () => {
  const known = () => {
    const stage = new Stage();
    stage.play(melody(82, 12, 30, { forte: -20 }));
    return stage;
  };

  it('can be saved as plain data and restored: register and level are there from the first note', () => {
    const saved = JSON.parse(JSON.stringify(known().profile.save()));
    expect(saved.uncertainty).toBeLessThan(1);
    const fresh = new Stage();
    fresh.restore(saved);
    const [step] = fresh.play(repeat(note(100, -20), 0.1));
    expect(step.octaves).toBe(2);
    expect(Math.abs(step.gain - 37)).toBeLessThan(4);
    expect(fresh.profile.save().evidence).toBeGreaterThan(15);
  });

  it('nothing is known at first', () => {
    const { uncertainty, evidence, pitch, loudness } = new Stage().profile.save();
    expect([uncertainty, evidence, pitch, loudness]).toEqual([12, 0, [], []]);
  });

  it('refuses data that is no player, by the name of the field', () => {
    const saved = known().profile.save();
    const refused = (data: unknown) => () => new PlayerProfile().restore(data as PlayerData);
    expect(refused(null)).toThrow('player: expected what `player` gave earlier, found null');
    expect(refused({ ...saved, version: 2 })).toThrow('player.version: expected 1, found 2');
    expect(refused({ ...saved, forte: Number.NaN })).toThrow(
      'player.forte: expected -100 to 100 dB, found NaN',
    );
    expect(refused({ ...saved, pitch: [[0, 1]] })).toThrow('player.pitch[0][0]');
    expect(refused({ ...saved, pitch: [[440, -1]] })).toThrow('player.pitch[0][1]');
    expect(refused({ ...saved, loudness: [[1, 2, 3]] })).toThrow('player.loudness[0]');
    expect(refused({ ...saved, loudness: new Array(1001).fill([0, 1]) })).toThrow('at most 1000 pairs');
  });

  it('stays as it is while it is locked', () => {
    const stage = known();
    const before = stage.play(repeat(note(100, -20), 0.1), { lock: true }).at(-1);
    const steps = stage.play(melody(600, 12, 60, { forte: 20 }), { lock: true });
    for (const { octaves, gain } of steps) expect([octaves, gain]).toEqual([before?.octaves, before?.gain]);
    expect(stage.play(repeat(SILENCE, 600), { lock: true }).at(-1)?.gain).toBe(before?.gain);
  });

  it('locked before anything was heard, the first note decides the register for good', () => {
    const steps = new Stage().play([...melody(82, 12, 5), ...melody(600, 12, 30)], { lock: true });
    expect(octavesOf(steps)).toEqual([2]);
    expect(new Set(steps.map(({ gain }) => gain))).toEqual(new Set([17 - 9]));
  });

  it.each([false, true])('is measured by a calibration (locked: %s)', (lock) => {
    const stage = new Stage();
    stage.profile.calibrate(2);
    expect(stage.profile.calibration).toBe('listening');
    stage.play([...repeat(SILENCE, 0.5), ...repeat(note(400, -15), 1)], { lock });
    expect(stage.profile.calibration).toBe('listening');
    stage.play(repeat(SILENCE, 0.6), { lock });
    expect(stage.profile.calibration).toBe('done');
    const [soft] = stage.play(repeat(note(400, -40), 5), { lock });
    expect(Math.abs(soft.gain - 32)).toBeLessThan(1);
    expect(stage.profile.save().uncertainty).toBeLessThan(0.5);
  });

  it('a calibration in which nobody plays fails, and changes nothing', () => {
    const stage = known();
    const before = stage.profile.forte.level;
    stage.profile.calibrate(1);
    stage.play([...repeat(SILENCE, 0.5), ...repeat(note(400, 10), 0.1), ...repeat(SILENCE, 0.5)], {
      lock: true,
    });
    expect(stage.profile.calibration).toBe('failed');
    expect(stage.profile.forte.level).toBe(before);
  });
});
