/**
 * Preprocesses one recording: hashes, decodes, mixes, resamples and analyses it. Runs on any thread and holds
 * at most some minutes of sound in memory.
 */

import { contentHash } from '../../audio/content-hash';
import { decodePieces } from '../../audio/decode';
import { AudioFileError } from '../../audio/errors';
import { Resampler } from '../../audio/resample';
import { messageOf } from '../../errors';
import type { OpenContent } from '../../platform/bytes';
import type { StoreReader, StoreWriter } from '../../platform/stores/store';
import { ChunkWriter } from './chunk-writer';
import {
  AUDIO_CHUNK,
  type AudioRecord,
  audioKey,
  type FeaturesRecord,
  FRAME_CHUNK,
  featuresKeys,
  readRecord,
  record,
  refusalKey,
} from './database';
import { type Analyse, analysePieces } from './features';
import { furtherInputs } from './inputs';
import { findRecording, type RecordingJob, type RecordingOutcome } from './job';
import { Mix } from './mix';
import { PitchNetwork } from './pitch/neural/network';
import { LIVE_PITCH } from './pitch/settings';
import { trackPitch } from './pitch/track';
import { RangeCheck } from './range-check';
import { PLANES, readSamples } from './slice-reader';
import { contentStamp, openContent } from './source';

/** Samples resampled at a time. */
const BLOCK = 2 ** 16;

/** Reports how many seconds of the recording are done. */
export type ReportSeconds = (seconds: number) => void;

/**
 * Computes what the store does not contain of a recording. A faulty recording is an outcome, not an error.
 * @throws DatabaseError when the store fails
 */
export async function prepareRecording(
  job: RecordingJob,
  store: StoreWriter,
  report: ReportSeconds,
): Promise<RecordingOutcome> {
  const { settings } = job;
  let { hash } = job;
  let source: OpenContent | null = null;
  let network: PitchNetwork | null = null;
  try {
    if (!hash) {
      source = await readable(job);
      hash = await contentHash(source);
    }
    const known = await findRecording(store, hash, settings);
    if (known) return known;
    const key = audioKey(hash, settings.sampleRate);
    const stored = await readRecord<AudioRecord>(store, key);
    if (!stored) source ??= await readable(job);
    const blocks = stored
      ? storedBlocks(store, key, stored.samples)
      : decodeInto(new ChunkWriter(store, key, AUDIO_CHUNK, 1), job, source as OpenContent);
    const inputs = furtherInputs(settings.inputs);
    const planes = PLANES.length + inputs.length;
    const writer = new ChunkWriter(store, (await featuresKeys(settings))(hash), FRAME_CHUNK, planes);
    if (job.network) network = await PitchNetwork.load(job.network);
    const { pitch = LIVE_PITCH } = settings;
    const analyse: Analyse = (audio, options) => trackPitch(audio, settings, pitch, network, options);
    const range = new RangeCheck(settings);
    let frames = 0;
    for await (const track of analysePieces(heardBy(range, blocks), analyse, settings, {
      onSeconds: report,
    })) {
      frames += track.f0.length;
      const measured = inputs.map((name) => track.inputs![name]);
      await writer.write([...PLANES.map((plane) => track[plane]), ...measured]);
    }
    const outOfRange = await range.finish();
    await writer.finish({ settings, frames, outOfRange } satisfies FeaturesRecord);
    return { kind: 'ready', hash, made: stored ? 'features' : 'everything' };
  } catch (error) {
    if (!(error instanceof AudioFileError)) throw error;
    const { problem, remedy } = error;
    // a read error is not remembered, because it may not happen again
    if (hash && !(error instanceof ReadError))
      await store.put([record(refusalKey(hash, settings.sampleRate), { problem, remedy })]);
    return { kind: 'refused', hash, problem, remedy };
  } finally {
    await network?.close();
    await source?.close();
  }
}

/** The file cannot be read at the moment. */
class ReadError extends AudioFileError {}

/** @throws ReadError, also from later reads */
async function readable({ name, content }: RecordingJob): Promise<OpenContent> {
  if (!content)
    throw new ReadError(
      name,
      'the database does not have its sound at this sample rate',
      'add the file again',
    );
  const failed = (cause: unknown) => {
    const reason = messageOf(cause);
    const remedy = 'check that it is there, may be read, and does not change meanwhile';
    return new ReadError(name, `it cannot be read (${reason})`, remedy, { cause });
  };
  const source = await openContent(content).catch((cause) => {
    throw failed(cause);
  });
  return {
    size: source.size,
    close: source.close,
    read: (from, to) =>
      source.read(from, to).catch((cause) => {
        throw failed(cause);
      }),
  };
}

/** Decodes to mono at the model's rate, and writes everything to the store on the way. */
async function* decodeInto(
  writer: ChunkWriter,
  { name, content, stamp, settings: { sampleRate } }: RecordingJob,
  source: OpenContent,
): AsyncGenerator<Float32Array, void, void> {
  const mix = new Mix();
  let resampler: Resampler | null = null;
  let samples = 0;
  const keep = async (block: Float32Array) => {
    samples += block.length;
    await writer.write([block]);
    return block;
  };
  for await (const piece of decodePieces(source, name)) {
    resampler ??= await Resampler.create(piece.sampleRate, sampleRate);
    const mono = mix.add(piece);
    for (let at = 0; at < mono.length; at += BLOCK) {
      yield await keep(resampler.push(mono.subarray(at, at + BLOCK)));
    }
  }
  if (resampler) yield await keep(resampler.finish());
  if (content && stamp !== null && (await contentStamp(content)).stamp !== stamp)
    throw new ReadError(name, 'it changed while it was read', 'try again when it is complete');
  await writer.finish({ ...mix.found, samples, notes: mix.notes() } satisfies AudioRecord);
}

async function* heardBy(
  range: RangeCheck,
  blocks: AsyncIterable<Float32Array>,
): AsyncGenerator<Float32Array, void, void> {
  for await (const block of blocks) {
    await range.add(block);
    yield block;
  }
}

async function* storedBlocks(
  store: StoreReader,
  audio: string,
  samples: number,
): AsyncGenerator<Float32Array, void, void> {
  for (let at = 0; at < samples; at += AUDIO_CHUNK) {
    yield await readSamples(store, { audio, samples }, at, Math.min(samples, at + AUDIO_CHUNK));
  }
}
