/** Between sample rates and channel counts. */

type Library = typeof import('@alexanderolsen/libsamplerate-js');

/** Loaded when first needed: 2 MB, most of it the filter. CommonJS: Node puts its exports on `default`. */
async function library(): Promise<Library> {
  const loaded: Library & { default?: Library } = await import('@alexanderolsen/libsamplerate-js');
  return loaded.default ?? loaded;
}

/** Samples handed over at a time: a fifth of a second's work, then other tasks get their turn. */
const BLOCK = 2 ** 18;
/** The best filter reaches 143 samples to either side, of whichever rate is lower. */
const REACH = 256;

/**
 * Band-limited resampling (libsamplerate, best sinc: 145 dB), without delay: sample n of the result lies
 * at n / to seconds.
 * @param audio mono; returned as it is when the rates are equal
 * @returns round(length * to / from) samples
 * @throws the signal's reason when it aborts
 */
export async function resample(
  audio: Float32Array,
  from: number,
  to: number,
  signal?: AbortSignal,
): Promise<Float32Array> {
  if (from === to) return audio;
  const output = new Float32Array(Math.round((audio.length * to) / from));
  // the converter withholds what its filter has not seen the end of: silence pushes it out
  const flush = new Float32Array(Math.ceil(REACH * Math.max(1, from / to)));
  const { create, ConverterType } = await library();
  const converter = await create(1, from, to, { converterType: ConverterType.SRC_SINC_BEST_QUALITY });
  try {
    let written = 0;
    const push = (block: Float32Array) => {
      const converted = converter.full(block);
      output.set(converted.subarray(0, output.length - written), written);
      written = Math.min(output.length, written + converted.length);
    };
    for (let at = 0; at < audio.length; at += BLOCK) {
      signal?.throwIfAborted();
      push(audio.subarray(at, at + BLOCK));
      await new Promise((resolve) => setTimeout(resolve));
    }
    push(flush);
  } finally {
    converter.destroy();
  }
  return output;
}

/** The mean of all channels; the channel itself, not a copy, when there is only one. */
export function downmix(channels: readonly Float32Array[]): Float32Array {
  if (channels.length === 1) return channels[0];
  const mono = new Float32Array(channels[0].length);
  for (const channel of channels) {
    for (let i = 0; i < mono.length; i++) mono[i] += channel[i];
  }
  for (let i = 0; i < mono.length; i++) mono[i] /= channels.length;
  return mono;
}
