/** Files taken apart by Mediabunny and decoded by the browser's WebCodecs. Loaded when first needed. */

import {
  ADTS,
  AudioSampleSink,
  CustomSource,
  FLAC,
  Input,
  type InputAudioTrack,
  MATROSKA,
  MP3,
  MP4,
  OGG,
  QTFF,
  WEBM,
} from 'mediabunny';
import type { ByteSource } from '../../platform/bytes';
import type { DecodedAudio } from '../decoded';

export type Track = InputAudioTrack;

/** @throws Error when the file has no sound, or cannot be taken apart */
export async function openTrack(content: ByteSource): Promise<{ track: Track; dispose: () => void }> {
  const input = new Input({
    source: new CustomSource({ getSize: () => content.size, read: (from, to) => content.read(from, to) }),
    formats: [MP3, FLAC, OGG, MP4, QTFF, WEBM, MATROSKA, ADTS],
  });
  const track = await input.getPrimaryAudioTrack();
  if (!track) throw new Error('it has no sound');
  return { track, dispose: () => input.dispose() };
}

/**
 * WebKit claims codecs that then fail (FLAC), and WebKitGTK 2.50 ends the page's process when it gets MP3 or
 * Vorbis. `decodeAudioData` works there.
 */
const isWebKit = (): boolean => /AppleWebKit\/(?!537\.36)/.test(navigator.userAgent);

/** Whether WebCodecs decode it; tries the first packet. */
export async function canDecode(track: Track): Promise<boolean> {
  if (isWebKit() || !(await track.canDecode())) return false;
  try {
    for await (const sample of new AudioSampleSink(track).samples()) {
      sample.close();
      return true;
    }
  } catch {
    // decoded by other means, or refused there
  }
  return false;
}

export interface Piece extends DecodedAudio {
  /** samples from the start of the sound; negative for what the encoder put in front */
  readonly at: number;
}

export async function* decodeTrack(track: Track): AsyncGenerator<Piece, void, void> {
  for await (const sample of new AudioSampleSink(track).samples()) {
    const { sampleRate, numberOfFrames, numberOfChannels, timestamp } = sample;
    try {
      const channels = Array.from({ length: numberOfChannels }, (_, planeIndex) => {
        const plane = new Float32Array(numberOfFrames);
        sample.copyTo(plane, { planeIndex, format: 'f32-planar' });
        return plane;
      });
      yield { channels, sampleRate, at: Math.round(timestamp * sampleRate) };
    } finally {
      sample.close();
    }
  }
}
