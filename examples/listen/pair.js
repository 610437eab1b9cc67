/** Two sounds that play together in a loop, one of them heard: a change of sides keeps the place. */

/** Seconds within which one side takes over from the other. */
const CROSSING = 0.01;

/** @typedef {'a' | 'b'} Side */

export class Pair {
  #context;
  /** @type {Record<Side, { source: AudioBufferSourceNode, gain: GainNode }> | null} */
  #voices = null;
  /** @type {Side | null} */
  #heard = null;

  /** @param {AudioContext} context @param {Record<Side, AudioBuffer>} sounds */
  constructor(context, sounds) {
    this.#context = context;
    this.sounds = sounds;
  }

  /** The side that is heard. */
  get heard() {
    return this.#heard;
  }

  /** @param {Side} side */
  play(side) {
    this.#voices ??= this.#start();
    this.#heard = side;
    for (const each of /** @type {const} */ (['a', 'b'])) {
      const { gain } = this.#voices[each];
      gain.gain.setTargetAtTime(each === side ? 1 : 0, this.#context.currentTime, CROSSING / 3);
    }
  }

  stop() {
    if (!this.#voices) return;
    for (const { source, gain } of Object.values(this.#voices)) {
      gain.gain.setTargetAtTime(0, this.#context.currentTime, CROSSING / 3);
      source.stop(this.#context.currentTime + 2 * CROSSING);
    }
    this.#voices = null;
    this.#heard = null;
  }

  #start() {
    const at = this.#context.currentTime + 0.01;
    const voice = (/** @type {AudioBuffer} */ buffer) => {
      const gain = new GainNode(this.#context, { gain: 0 });
      const source = new AudioBufferSourceNode(this.#context, { buffer, loop: true });
      source.connect(gain).connect(this.#context.destination);
      source.start(at);
      return { source, gain };
    };
    return { a: voice(this.sounds.a), b: voice(this.sounds.b) };
  }
}

/**
 * Brings a version to the level of its recording: of two sounds the louder one is preferred. Changes the buffer.
 * @param {AudioBuffer} version @param {AudioBuffer} recording
 */
export function matchLevel(version, recording) {
  const factor = rms(recording) / rms(version);
  if (!Number.isFinite(factor)) return;
  for (let channel = 0; channel < version.numberOfChannels; channel++) {
    const samples = version.getChannelData(channel);
    for (let n = 0; n < samples.length; n++) samples[n] *= factor;
  }
}

/** @param {AudioBuffer} buffer */
function rms(buffer) {
  const samples = buffer.getChannelData(0);
  return Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);
}
