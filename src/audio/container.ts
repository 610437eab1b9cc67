/**
 * What kind of audio file some bytes are, and how much sound they promise.
 *
 * Decoders skip what they cannot read and call the rest success, so a broken file would pass as a short
 * one. The promise in the file's own header shows it.
 */

import { type ByteSource, part } from '../platform/bytes';
import { flacInfo, withoutZeros } from './flac';
import { has } from './magic';
import { findMp3, isMp3Frame, mp3Info } from './mp3';
import { isOggPage } from './ogg';
import { withoutEndTags, withoutFrontTags } from './tags';

export type AudioKind = 'wav' | 'aiff' | 'flac' | 'mp3' | 'ogg' | 'mp4' | 'aac' | 'webm';

export interface Container {
  /** null: no audio known here */
  readonly kind: AudioKind | null;
  /** what the file is, for people; for instance 'MP4 or M4A' */
  readonly format: string;
  /** the file without tags in front and behind */
  readonly content: ByteSource;
  /** the content's first bytes: enough of them for every header */
  readonly head: Uint8Array;
}

const HEAD = 4096;

const FORMATS: readonly [offset: number, magic: string, format: string, kind?: AudioKind][] = [
  [4, 'ftyp', 'MP4 or M4A', 'mp4'],
  [0, '\x1aE\xdf\xa3', 'WebM or Matroska', 'webm'],
  [0, '\xff\xf1', 'AAC', 'aac'],
  [0, '\xff\xf9', 'AAC', 'aac'],
  [0, 'caff', 'Core Audio (CAF)'],
  [0, '\x30\x26\xb2\x75', 'Windows Media (WMA)'],
  [0, 'riff\x2e\x91\xcf\x11', 'Sony Wave64 (W64)'],
  [0, '.snd', 'Sun audio (AU)'],
  [0, 'wvpk', 'WavPack'],
  [0, 'MAC ', "Monkey's Audio (APE)"],
  [0, 'TTA1', 'True Audio (TTA)'],
  [0, 'MPCK', 'Musepack'],
  [0, 'MP+', 'Musepack'],
  [0, 'DSD ', 'DSD (DSF)'],
  [0, 'FRM8', 'DSD (DFF)'],
  [0, '#!AMR', 'AMR'],
  [0, '.RMF', 'RealAudio'],
  [0, '\x0bw', 'AC-3'],
  [0, 'RIFF', 'a RIFF file that is not WAV'],
  [0, 'FORM', 'an IFF file that is not AIFF'],
  [0, 'PK\x03\x04', 'a ZIP archive'],
  [0, '\x1f\x8b', 'a gzip archive'],
  [0, 'version https://git-lfs', 'a Git LFS pointer, not the file itself'],
  [0, '<', 'a web page (HTML or XML)'],
];

/** Goes by content alone; reads at most about a megabyte. */
export async function identify(source: ByteSource): Promise<Container> {
  const behindTags = await withoutFrontTags(source);
  const head = await behindTags.read(0, HEAD);
  const found = audioKind(head);
  if (found) {
    const content = found.kind === 'flac' ? await withoutZeros(await withoutEndTags(behindTags)) : behindTags;
    return { ...found, content, head };
  }
  const known = FORMATS.find(([offset, magic]) => has(head, offset, magic));
  if (known) return { kind: known[3] ?? null, format: known[2], content: behindTags, head };
  const at = isMp3Frame(head, 0) ? 0 : await findMp3(behindTags);
  // a tag promises sound behind it
  if (at < 0 && behindTags === source) return { kind: null, format: unknown(head), content: source, head };
  const sound = part(behindTags, Math.max(0, at), behindTags.size);
  return {
    kind: 'mp3',
    format: 'MP3',
    content: await withoutEndTags(sound),
    head: await sound.read(0, HEAD),
  };
}

function audioKind(head: Uint8Array): { kind: AudioKind; format: string } | null {
  if ((has(head, 0, 'RIFF') || has(head, 0, 'RF64') || has(head, 0, 'BW64')) && has(head, 8, 'WAVE'))
    return { kind: 'wav', format: 'WAV' };
  if (has(head, 0, 'FORM') && (has(head, 8, 'AIFF') || has(head, 8, 'AIFC')))
    return { kind: 'aiff', format: 'AIFF' };
  if (has(head, 0, 'fLaC')) return { kind: 'flac', format: 'FLAC' };
  return isOggPage(head, 0) ? { kind: 'ogg', format: 'Ogg' } : null;
}

function unknown(bytes: Uint8Array): string {
  if (bytes.length > 0 && bytes.every((byte) => byte === 0))
    return 'all zeros: the file was not written to its end';
  const isText = bytes.subarray(0, 256).every((byte) => byte >= 0x20 || (byte >= 9 && byte <= 13));
  return isText ? 'text' : 'no audio format known here';
}

/** MP3 may fall short of its frame count by the encoder's delay and padding. */
const MP3_DELAY_AND_PADDING = 4096;

/** Samples a channel should have at least, from the file's header; 0 where the header does not say. */
export function promisedSamples({ kind, head }: Container): number {
  if (kind === 'flac') return flacInfo(head, 8).samples;
  const info = kind === 'mp3' && isMp3Frame(head, 0) ? mp3Info(head) : null;
  return info ? Math.max(0, info.frames * info.frameSize - MP3_DELAY_AND_PADDING) : 0;
}
