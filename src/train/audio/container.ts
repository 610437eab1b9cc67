/**
 * What kind of audio file some bytes are, and how much sound they promise.
 *
 * Decoders skip what they cannot read and call the rest success, so a broken file would pass as a short
 * one. The promise in the file's own header shows it.
 */

export type AudioKind = 'wav' | 'flac' | 'mp3' | 'vorbis' | 'opus';

const OTHERS: readonly [offset: number, magic: string, name: string][] = [
  [0, 'RF64', 'a 64-bit WAV (RF64)'],
  [0, 'FORM', 'AIFF'],
  [4, 'ftyp', 'MP4 or M4A (AAC)'],
  [0, '\x1aE\xdf\xa3', 'WebM or Matroska'],
  [0, 'caff', 'Core Audio (CAF)'],
  [0, '\x30\x26\xb2\x75', 'Windows Media (WMA)'],
  [0, '\xff\xf1', 'AAC'],
  [0, '\xff\xf9', 'AAC'],
  [0, 'PK\x03\x04', 'a ZIP archive'],
  [0, '<', 'a web page (HTML or XML)'],
];

/** @returns the kind, or null when it is none that can be decoded */
export function audioKind(bytes: Uint8Array): AudioKind | null {
  const start = skipId3(bytes);
  if (has(bytes, 0, 'RIFF') && has(bytes, 8, 'WAVE')) return 'wav';
  if (has(bytes, start, 'fLaC')) return 'flac';
  if (has(bytes, 0, 'OggS')) return oggKind(bytes);
  if (start > 0 || isMp3Frame(bytes, 0)) return 'mp3';
  return null;
}

/** Says what a file is that is no kind of audio we read. */
export function describeOther(bytes: Uint8Array): string {
  const known = OTHERS.find(([offset, magic]) => has(bytes, offset, magic));
  if (known) return known[2];
  const isText = bytes.subarray(0, 256).every((byte) => byte >= 0x20 || (byte >= 9 && byte <= 13));
  return isText ? 'text' : 'no audio format known here';
}

function has(bytes: Uint8Array, offset: number, magic: string): boolean {
  for (let i = 0; i < magic.length; i++) if (bytes[offset + i] !== magic.charCodeAt(i)) return false;
  return true;
}

function oggKind(bytes: Uint8Array): AudioKind | null {
  const packet = 27 + bytes[26];
  if (has(bytes, packet, 'OpusHead')) return 'opus';
  if (has(bytes, packet, '\x01vorbis')) return 'vorbis';
  return has(bytes, packet, '\x7fFLAC') ? 'flac' : null;
}

/** Where the file goes on after an ID3v2 tag; 0 without one. */
function skipId3(bytes: Uint8Array): number {
  if (!has(bytes, 0, 'ID3') || bytes.length < 10) return 0;
  return 10 + ((bytes[6] << 21) | (bytes[7] << 14) | (bytes[8] << 7) | bytes[9]);
}

/** MPEG audio layer III: 11 bits of sync, a known version, bit rate and sample rate. */
function isMp3Frame(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at] === 0xff &&
    (bytes[at + 1] & 0xe6) === 0xe2 &&
    (bytes[at + 1] & 0x18) !== 0x08 &&
    bytes[at + 2] >> 4 !== 15 &&
    (bytes[at + 2] & 0x0c) !== 0x0c
  );
}

/**
 * Samples a channel should have at least, from the file's header; 0 where the header does not say.
 * MP3 may fall short of its frame count by the encoder's delay and padding.
 */
export function promisedSamples(bytes: Uint8Array, kind: AudioKind): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = skipId3(bytes);
  if (kind === 'flac' && has(bytes, start, 'fLaC') && bytes.length >= start + 26)
    return (bytes[start + 21] & 15) * 2 ** 32 + view.getUint32(start + 22);
  if (kind === 'mp3' && isMp3Frame(bytes, start)) return xingSamples(view, start);
  return 0;
}

const MP3_DELAY_AND_PADDING = 4096;

/** Most encoders put their frame count in a first, silent frame ("Xing" or "Info"). */
function xingSamples(view: DataView, frame: number): number {
  if (frame + 48 > view.byteLength) return 0;
  const mpeg1 = (view.getUint8(frame + 1) & 0x18) === 0x18;
  const mono = view.getUint8(frame + 3) >> 6 === 3;
  const at = frame + 4 + (mpeg1 ? (mono ? 17 : 32) : mono ? 9 : 17);
  const tag = view.getUint32(at);
  const holdsCount = (view.getUint32(at + 4) & 1) === 1;
  if ((tag !== 0x58696e67 && tag !== 0x496e666f) || !holdsCount) return 0;
  return Math.max(0, view.getUint32(at + 8) * (mpeg1 ? 1152 : 576) - MP3_DELAY_AND_PADDING);
}

/**
 * @returns what is wrong with the pages of an Ogg file, each of which says how long it is and carries a
 *   checksum (RFC 3533); null for none
 */
export function oggProblem(bytes: Uint8Array): string | null {
  if (!has(bytes, 0, 'OggS')) return null;
  for (let at = 0; at < bytes.length; ) {
    if (!has(bytes, at, 'OggS')) return `it is damaged at byte ${at}: an Ogg page should start there`;
    let end = at + 27 + bytes[at + 26];
    for (let i = at + 27; i < at + 27 + bytes[at + 26]; i++) end += bytes[i];
    if (!(end <= bytes.length))
      return `it is truncated: its last Ogg page breaks off at byte ${bytes.length}`;
    if (!hasOggChecksum(bytes.subarray(at, end)))
      return `it is damaged: the checksum of its Ogg page at byte ${at} is wrong`;
    at = end;
  }
  return null;
}

const OGG_CHECKSUM = 22;
const CRC_32 = 0x04c11db7;
/** What a byte adds to a remainder, most significant bit first. */
const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte << 24;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder << 1) ^ (remainder < 0 ? CRC_32 : 0);
  return remainder;
});

/** The checksum counts as zero in itself. */
function hasOggChecksum(page: Uint8Array): boolean {
  let remainder = 0;
  for (let i = 0; i < page.length; i++) {
    const byte = i >= OGG_CHECKSUM && i < OGG_CHECKSUM + 4 ? 0 : page[i];
    remainder = (remainder << 8) ^ REMAINDERS[(remainder >>> 24) ^ byte];
  }
  const view = new DataView(page.buffer, page.byteOffset, page.length);
  return view.getUint32(OGG_CHECKSUM, true) === remainder >>> 0;
}
