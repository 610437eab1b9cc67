/** Renders in pages under test, and what they are compared by. */

import type { ListeningOptions } from '../../src/analysis/listening';
import type { MatchingOptions } from '../../src/play/matching/options';
import { encode } from './support';

type Knob = 'pitchShift' | 'harmonics' | 'noise' | 'reverb' | 'gain';

export interface Job {
  readonly model?: string;
  readonly sampleRate: number;
  /** one or more channels in base64; none: nothing is connected */
  readonly channels: readonly string[];
  /** samples */
  readonly length: number;
  /** frames the host renders at once; undefined: its default */
  readonly renderSizeHint?: number;
  /** values of AudioParams from the start */
  readonly knobs?: Partial<Record<Knob, number>>;
  /** what AudioParams are at the end: the pitch from the middle on, the others get there linearly */
  readonly runs?: Partial<Record<Knob, number>>;
  readonly listening?: ListeningOptions;
  readonly matching?: MatchingOptions;
  /** plays this model after so many seconds, where the browser can stop on the way; 0: before it starts */
  readonly change?: { readonly model: string; readonly after: number };
}

export interface Rendered {
  readonly output: Float32Array;
  /** samples */
  readonly latency: number;
  readonly quantum: number;
}

export function job(audio: Float32Array, sampleRate: number, rest: Partial<Job> = {}): Job {
  return { sampleRate, channels: [encode(audio)], length: audio.length, ...rest };
}

/** Runs in the page. */
export async function renderThere(job: Job) {
  const { length, sampleRate, renderSizeHint, change } = job;
  const options = { length, sampleRate, renderSizeHint } as OfflineAudioContextOptions;
  const context = new OfflineAudioContext(options);
  const node = await ddsp.DDSPNode.create(context, {
    model: `/${job.model ?? 'random'}.safetensors`,
    listening: job.listening,
    matching: job.matching,
  });
  for (const [name, value] of Object.entries(job.knobs ?? {})) node[name as Knob].value = value;
  for (const [name, value] of Object.entries(job.runs ?? {})) {
    const parameter = node[name as Knob];
    // a ramp is computed by the browser, not to the last bit as others do; in the pitch that would add up
    if (name === 'pitchShift') {
      parameter.setValueAtTime(value, length / sampleRate / 2);
      continue;
    }
    parameter.setValueAtTime(parameter.value, 0);
    parameter.linearRampToValueAtTime(value, length / sampleRate);
  }
  node.connect(context.destination);
  if (job.channels.length > 0) {
    const buffer = new AudioBuffer({ length, sampleRate, numberOfChannels: job.channels.length });
    job.channels.forEach((text, channel) => {
      const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
      buffer.copyToChannel(new Float32Array(bytes.buffer), channel);
    });
    const source = new AudioBufferSourceNode(context, { buffer });
    source.start();
    source.connect(node);
  }
  const swap = () => node.setModel(`/${change?.model}.safetensors`);
  if (change && change.after === 0) await swap();
  if (change && change.after > 0) {
    context.suspend(change.after).then(async () => {
      await swap();
      await context.resume();
    });
  }
  const rendered = (await context.startRendering()).getChannelData(0);
  let output = '';
  for (const byte of new Uint8Array(rendered.buffer)) output += String.fromCharCode(byte);
  const { renderQuantumSize } = context as OfflineAudioContext & { renderQuantumSize?: number };
  return { output: btoa(output), latency: node.latency, quantum: renderQuantumSize ?? 128 };
}

/** MIDI bytes at context seconds. */
export type Events = readonly { readonly time: number; readonly bytes: readonly number[] }[];

/**
 * Runs in the page: what notes add to a node with two models that listens to silence.
 * @returns one second at 48 kHz, in base64
 */
export async function notesThere({ events, morph }: { events: Events; morph: number }): Promise<string> {
  const render = async (played: Events) => {
    const context = new OfflineAudioContext({ length: 48_000, sampleRate: 48_000 });
    const node = await ddsp.DDSPNode.create(context, { model: '/random.safetensors', voices: 4 });
    await node.setModel('/other.safetensors', { slot: 'b' });
    node.morph.value = morph;
    node.noise.value = 0;
    node.connect(context.destination);
    for (const { time, bytes } of played) node.midi(bytes, time);
    // an answer comes after everything that was sent before
    await node.player;
    return (await context.startRendering()).getChannelData(0);
  };
  const [played, silence] = [await render(events), await render([])];
  const notes = played.map((value, n) => value - silence[n]);
  let output = '';
  for (const byte of new Uint8Array(notes.buffer)) output += String.fromCharCode(byte);
  return btoa(output);
}

export function worstDifference(a: ArrayLike<number>, b: ArrayLike<number>, shift = 0): number {
  let worst = 0;
  for (let i = shift; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i] - b[i - shift]));
  return worst;
}
