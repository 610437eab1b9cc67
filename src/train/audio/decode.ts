/** Audio files to samples: WAV, FLAC, MP3, Ogg Vorbis and Opus, in Node and in browsers. */

import { type AudioKind, audioKind, describeOther, oggProblem, promisedSamples } from './container';
import type { DecodedAudio } from './decoded';
import { AGAIN, AudioFileError, READABLE } from './errors';
import { readWav } from './wav';

/** What every decoder answers; some also report frames they had to skip. */
interface Decoded {
  channelData: Float32Array[];
  sampleRate: number;
  errors?: readonly { message: string }[];
}

type Compressed = Exclude<AudioKind, 'wav'>;
type Decode = (bytes: Uint8Array) => Decoded | Promise<Decoded>;

/** Loaded when first needed: each carries a decoder in WASM. Encoders' delay and padding are cut off. */
const DECODERS: Readonly<Record<Compressed, () => Promise<{ default: Decode }>>> = {
  flac: () => import('@audio/decode-flac'),
  mp3: () => import('@audio/decode-mp3'),
  vorbis: () => import('@audio/decode-vorbis'),
  opus: () => import('@audio/decode-opus'),
};

const LOWEST_RATE = 4000;
const HIGHEST_RATE = 192_000;
/** 40 dB above full scale: no recording, but integers that were stored as floats. */
const LOUDEST = 100;

/**
 * Decodes a whole file by its content; the name only appears in errors.
 * @param bytes not kept
 * @throws AudioFileError when it is empty, no audio, damaged, truncated, or holds NaN or absurd values
 */
export async function decodeAudio(bytes: Uint8Array, name: string): Promise<DecodedAudio> {
  if (bytes.length === 0) throw new AudioFileError(name, 'it is empty', AGAIN);
  const kind = audioKind(bytes);
  if (!kind) throw new AudioFileError(name, `it is ${describeOther(bytes)}`, READABLE);
  const decoded = kind === 'wav' ? readWav(bytes, name) : await decompress(bytes, kind, name);
  checkSamples(decoded, name);
  const promised = promisedSamples(bytes, kind);
  const { length } = decoded.channels[0];
  if (length < promised)
    throw new AudioFileError(name, `only ${length} of its ${promised} samples can be read`, AGAIN);
  return decoded;
}

async function decompress(bytes: Uint8Array, kind: Compressed, name: string): Promise<DecodedAudio> {
  const problem = oggProblem(bytes);
  if (problem) throw new AudioFileError(name, problem, AGAIN);
  const { default: decoder } = await DECODERS[kind]();
  let result: Decoded;
  try {
    result = await decoder(bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AudioFileError(name, `its ${kind} cannot be decoded (${reason})`, READABLE, { cause });
  }
  const [error] = result.errors ?? [];
  if (error)
    throw new AudioFileError(name, `parts of its ${kind} cannot be decoded (${error.message})`, AGAIN);
  return { channels: result.channelData, sampleRate: result.sampleRate };
}

function checkSamples({ channels, sampleRate }: DecodedAudio, name: string): void {
  if (!channels[0]?.length) throw new AudioFileError(name, 'it holds no sound that can be decoded', AGAIN);
  if (!(sampleRate >= LOWEST_RATE && sampleRate <= HIGHEST_RATE))
    throw new AudioFileError(
      name,
      `its sample rate is ${sampleRate} Hz`,
      `convert it to one between ${LOWEST_RATE} and ${HIGHEST_RATE} Hz`,
    );
  channels.forEach((samples, channel) => {
    // written so that NaN is found too
    const at = samples.findIndex((value) => !(Math.abs(value) <= LOUDEST));
    if (at < 0) return;
    const where = `sample ${at} of channel ${channel + 1} is ${samples[at]}`;
    throw Number.isFinite(samples[at])
      ? new AudioFileError(name, `${where}, far beyond full scale`, 'scale it to -1..1')
      : new AudioFileError(name, where, 'export it anew without NaN or infinities');
  });
}
