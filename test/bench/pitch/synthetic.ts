/** Synthetic sounds, of which the pitch is known exactly. */

import type { Group, Material } from './material';
import { pinkNoise, rms, whiteNoise } from './noise';
import { reverberate } from './room';
import { synthesise, type Waveform, waveforms } from './waveforms';

const RATE = 48000;
/** Seconds at either end that are not judged: there a window is partly empty. */
const EDGE = 0.05;
const waveform = (name: string) => waveforms.find((w) => w.name === name) as Waveform;

interface Tone {
  readonly name: string;
  readonly group: Group;
  readonly seconds: number;
  readonly waveform: Waveform;
  /** Hz at a time */
  readonly pitch: (seconds: number) => number;
}

function tone({ name, group, seconds, waveform, pitch }: Tone): Material {
  const samples = Float64Array.from({ length: Math.round(seconds * RATE) }, (_, n) => pitch(n / RATE));
  return {
    name,
    group,
    sampleRate: RATE,
    audio: synthesise(waveform, samples, RATE, pitch(0)),
    truth: (t) => (t < EDGE || t > seconds - EDGE ? Number.NaN : pitch(t)),
  };
}

/** `count` pitches, evenly spread in the logarithm from `low` to `high` Hz. */
export function pitches(low: number, high: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => low * (high / low) ** (i / (count - 1)));
}

export function steadyTones(count = 20): Material[] {
  return waveforms.flatMap((waveform) =>
    pitches(60, 1500, count).map((hz) =>
      tone({
        name: `${waveform.name} ${hz.toFixed(1)} Hz`,
        group: 'steady',
        seconds: 0.2,
        waveform,
        pitch: () => hz,
      }),
    ),
  );
}

/** 5.5 Hz, 50 cents either way: a singer's. And 6.5 Hz, 20 cents: a violinist's. */
const VIBRATOS = [
  [5.5, 50],
  [6.5, 20],
] as const;

export function vibratoTones(): Material[] {
  return ['saw', 'sung', 'weak'].flatMap((name) =>
    pitches(90, 1000, 5).flatMap((hz) =>
      VIBRATOS.map(([rate, cents]) =>
        tone({
          name: `${name} ${hz.toFixed(0)} Hz, vibrato ${cents} cents`,
          group: 'vibrato',
          seconds: 0.8,
          waveform: waveform(name),
          pitch: (t) => hz * 2 ** ((cents * Math.sin(2 * Math.PI * rate * t)) / 1200),
        }),
      ),
    ),
  );
}

/** Up or down by a number of octaves in 0.6 s. */
export function glides(): Material[] {
  return ['saw', 'sung', 'triangle'].flatMap((name) =>
    [
      [110, 1],
      [220, 2],
      [880, -2],
      [330, -1],
      [1200, 0.25],
    ].map(([hz, octaves]) =>
      tone({
        name: `${name} ${hz} Hz, ${octaves} octaves`,
        group: 'glide',
        seconds: 0.7,
        waveform: waveform(name),
        pitch: (t) => hz * 2 ** (octaves * Math.min(Math.max((t - 0.05) / 0.6, 0), 1)),
      }),
    ),
  );
}

/** dB of signal over noise */
export const NOISES = [30, 20, 10, 5] as const;

export function noisyTones(): Material[] {
  let seed = 1;
  const clean = ['saw', 'sung'].flatMap((name) =>
    pitches(80, 1200, 6).map((hz) =>
      tone({
        name: `${name} ${hz.toFixed(0)} Hz`,
        group: 'noise',
        seconds: 0.4,
        waveform: waveform(name),
        pitch: (t) => hz * 2 ** ((20 * Math.sin(2 * Math.PI * 5.5 * t)) / 1200),
      }),
    ),
  );
  return NOISES.flatMap((snr) =>
    clean.flatMap((material) =>
      [whiteNoise, pinkNoise].map((noise) => {
        const name = `${material.name}, ${noise === whiteNoise ? 'white' : 'pink'} noise ${snr} dB`;
        const level = rms(material.audio) * 10 ** (-snr / 20);
        const added = noise(material.audio.length, seed++);
        return { ...material, name, audio: material.audio.map((v, n) => v + level * added[n]) };
      }),
    ),
  );
}

interface MelodyOptions {
  readonly name: string;
  readonly group: Group;
  readonly waveform: Waveform;
  /** Hz of the lowest note */
  readonly low: number;
}

/** Notes with attacks, releases, rests, slurs and vibrato: what a phrase is made of. */
const STEPS = [0, 4, 7, 12, 11, 7, 2, -1, 0, 12, 16, 19, 24, 23, 12, 0];
const NOTE = 0.24;
/** Seconds around notes in which silence is not judged. */
const GUARD = 0.025;

function melody({ name, group, waveform, low }: MelodyOptions): Material {
  const seconds = NOTE * STEPS.length + 0.2;
  const sounding = (i: number) => (i % 3 === 2 ? 0.6 : 1) * NOTE;
  const find = (t: number) => {
    const i = Math.floor(t / NOTE);
    return { note: i < STEPS.length && i >= 0 ? low * 2 ** (STEPS[i] / 12) : 0, since: t - i * NOTE, i };
  };
  const pitch = (t: number) => {
    const { note, i } = find(t);
    const last = note || low * 2 ** (STEPS[STEPS.length - 1] / 12);
    return last * 2 ** (((i % 4 === 3 ? 25 : 0) * Math.sin(2 * Math.PI * 6 * t)) / 1200);
  };
  const level = (t: number) => {
    const { note, since, i } = find(t);
    if (!note) return 0;
    // slurred notes dip a little, detached ones end
    const attack = Math.min(since / 0.01, 1);
    const release = Math.min(Math.max((sounding(i) - since) / 0.02, 0), 1);
    return attack * release;
  };
  const samples = Float64Array.from({ length: Math.round(seconds * RATE) }, (_, n) => pitch(n / RATE));
  const tone = synthesise(waveform, samples, RATE, low);
  return {
    name,
    group,
    sampleRate: RATE,
    audio: tone.map((v, n) => v * level(n / RATE)),
    truth: (t) => {
      if (level(t) > 0.3) return pitch(t);
      // a window in a rest still hears the notes beside it
      return level(t - GUARD) > 0 || level(t) > 0 || level(t + GUARD) > 0 ? Number.NaN : 0;
    },
  };
}

export function melodies(): Material[] {
  return ['saw', 'sung', 'weak', 'square'].flatMap((name) =>
    [98, 196, 392].map((low) =>
      melody({ name: `${name} melody from ${low} Hz`, group: 'melody', waveform: waveform(name), low }),
    ),
  );
}

/** Seconds in which the reverb falls by 60 dB. */
const DECAYS = [0.3, 0.8] as const;

/** The melodies in a room, whose sound is about as loud as the direct one. The tails are not judged. */
export function reverberated(): Material[] {
  return DECAYS.flatMap((decay) =>
    ['saw', 'sung'].flatMap((name) =>
      [98, 196, 392].map((low) => {
        const dry = melody({ name: '', group: 'reverb', waveform: waveform(name), low });
        return {
          ...dry,
          name: `${name} melody from ${low} Hz, reverb ${decay} s`,
          audio: reverberate(dry.audio, RATE, decay),
          truth: (t: number) => dry.truth(t) || Number.NaN,
        };
      }),
    ),
  );
}

/** Breath, hiss, silence, hum of no pitch and chords: nothing here is one pitch. */
export function unpitched(): Material[] {
  const length = RATE;
  const material = (name: string, audio: Float32Array): Material => ({
    name,
    group: 'unpitched',
    sampleRate: RATE,
    audio,
    truth: () => 0,
  });
  const breath = pinkNoise(length, 5).map((v, n) => 0.05 * v * Math.sin((Math.PI * n) / length) ** 2);
  const chord = (name: string, intervals: readonly number[], low: number) => {
    const sum = new Float32Array(length);
    for (const step of intervals) {
      const pitch = new Float64Array(length).fill(low * 2 ** (step / 12));
      synthesise(waveform(name), pitch, RATE, low).forEach((v, n) => {
        sum[n] += v / intervals.length;
      });
    }
    return sum;
  };
  return [
    material('silence', new Float32Array(length)),
    material(
      'faint hiss',
      whiteNoise(length, 1).map((v) => v * 1e-4),
    ),
    material(
      'white noise',
      whiteNoise(length, 2).map((v) => v * 0.1),
    ),
    material(
      'pink noise',
      pinkNoise(length, 3).map((v) => v * 0.1),
    ),
    material('breath', breath),
    material('minor second', chord('saw', [0, 1], 220)),
    material('tritone', chord('saw', [0, 6], 196)),
    material('minor chord', chord('saw', [0, 3, 7], 220)),
    material('diminished chord', chord('sung', [0, 3, 6, 9], 262)),
    material('cluster', chord('saw', [0, 2, 5, 11], 165)),
  ];
}

/** All of it, in the order of `Group`. */
export function synthetic(): Material[] {
  return [
    ...steadyTones(),
    ...vibratoTones(),
    ...glides(),
    ...noisyTones(),
    ...melodies(),
    ...reverberated(),
    ...unpitched(),
  ];
}
