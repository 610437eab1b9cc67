/** What a decoder is given. `#codecs` (`imports` of package.json) names the module that has the decoders. */

import type { ByteSource } from '../../platform/bytes';
import type { DecodedAudio } from '../decoded';
import type { OggCodec, OggLink } from '../ogg';

interface InFile {
  readonly kind: 'flac' | 'mp3' | 'mp4' | 'aac' | 'webm';
  /** without tags */
  readonly content: ByteSource;
  /** its first bytes */
  readonly head: Uint8Array;
}

interface InOgg {
  readonly kind: `ogg ${OggCodec}`;
  readonly link: OggLink;
}

/** One stream of compressed sound. */
export type Compressed = (InFile | InOgg) & {
  /** of the file, for errors */
  readonly name: string;
};

/**
 * Piece by piece, without what the encoder put before and behind the sound.
 * @throws AudioFileError when it cannot be decoded
 */
export type Decompress = (sound: Compressed) => AsyncGenerator<DecodedAudio, void, void>;
