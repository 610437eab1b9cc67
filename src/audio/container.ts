/**
 * What kind of audio file some bytes are, and how much sound they promise.
 *
 * Decoders skip what they cannot read and call the rest success, so a broken file would pass as a short
 * one. The promise in the file's own header shows it.
 */

import type { ByteSource } from '../platform/bytes';
import { isOggPage } from './ogg';

export type AudioKind = 'wav' | 'flac' | 'mp3' | 'vorbis' | 'opus';

export interface Container {
  /** null: none that can be decoded */
  readonly kind: AudioKind | null;
  /** what a file is that is of no kind we read */
  readonly otherwise: string;
  /** first bytes behind an ID3 tag: enough of them for every header */
  readonly head: Uint8Array;
  /** where they lie in the file */
  readonly start: number;
}

const HEAD = 4096;

const OTHERS: readonly [offset: number, magic: string, name: string][] = [
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

/** Goes by content alone. */
export async function identify(source: ByteSource): Promise<Container> {
  const first = await source.read(0, HEAD);
  const start = id3Length(first);
  const head = start > 0 ? await source.read(start, start + HEAD) : first;
  return { kind: audioKind(head, start > 0), otherwise: describeOther(first), head, start };
}

function audioKind(head: Uint8Array, tagged: boolean): AudioKind | null {
  if ((has(head, 0, 'RIFF') || has(head, 0, 'RF64')) && has(head, 8, 'WAVE')) return 'wav';
  if (has(head, 0, 'fLaC')) return 'flac';
  if (isOggPage(head, 0)) return oggKind(head);
  return tagged || isMp3Frame(head, 0) ? 'mp3' : null;
}

function describeOther(bytes: Uint8Array): string {
  const known = OTHERS.find(([offset, magic]) => has(bytes, offset, magic));
  if (known) return known[2];
  const isText = bytes.subarray(0, 256).every((byte) => byte >= 0x20 || (byte >= 9 && byte <= 13));
  return isText ? 'text' : 'no audio format known here';
}

function has(bytes: Uint8Array, offset: number, magic: string): boolean {
  for (let i = 0; i < magic.length; i++) if (bytes[offset + i] !== magic.charCodeAt(i)) return false;
  return true;
}

/** Where the first page's packet begins: behind its header and the lengths of its segments. */
export const firstPacket = (page: Uint8Array): number => 27 + page[26];

function oggKind(head: Uint8Array): AudioKind | null {
  const packet = firstPacket(head);
  if (has(head, packet, 'OpusHead')) return 'opus';
  if (has(head, packet, '\x01vorbis')) return 'vorbis';
  return has(head, packet, '\x7fFLAC') ? 'flac' : null;
}

/** Where the file goes on after an ID3v2 tag; 0 without one. */
function id3Length(bytes: Uint8Array): number {
  if (!has(bytes, 0, 'ID3') || bytes.length < 10) return 0;
  return 10 + ((bytes[6] << 21) | (bytes[7] << 14) | (bytes[8] << 7) | bytes[9]);
}

/** MPEG audio layer III: 11 bits of sync, a known version, bit rate and sample rate. */
export function isMp3Frame(bytes: Uint8Array, at: number): boolean {
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
export function promisedSamples({ kind, head }: Container): number {
  if (kind === 'flac' && has(head, 0, 'fLaC')) return flacInfo(head, 8).samples;
  return kind === 'mp3' && isMp3Frame(head, 0) ? mp3Samples(head) : 0;
}

/** @param at where STREAMINFO begins */
export function flacInfo(head: Uint8Array, at: number): { rate: number; samples: number } {
  if (head.length < at + 18) return { rate: 0, samples: 0 };
  const view = viewOf(head);
  return {
    rate: view.getUint32(at + 10) >>> 12,
    samples: (head[at + 13] & 15) * 2 ** 32 + view.getUint32(at + 14),
  };
}

const MP3_DELAY_AND_PADDING = 4096;

/** Most encoders put their frame count in a first, silent frame ("Xing" or "Info"). */
function mp3Samples(head: Uint8Array): number {
  if (head.length < 48) return 0;
  const view = viewOf(head);
  const mpeg1 = isMpeg1(head);
  const mono = head[3] >> 6 === 3;
  const at = 4 + (mpeg1 ? (mono ? 17 : 32) : mono ? 9 : 17);
  const tag = view.getUint32(at);
  const holdsCount = (view.getUint32(at + 4) & 1) === 1;
  if ((tag !== 0x58696e67 && tag !== 0x496e666f) || !holdsCount) return 0;
  return Math.max(0, view.getUint32(at + 8) * (mpeg1 ? 1152 : 576) - MP3_DELAY_AND_PADDING);
}

const isMpeg1 = (frame: Uint8Array): boolean => (frame[1] & 0x18) === 0x18;

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
