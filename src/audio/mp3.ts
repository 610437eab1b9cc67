/** MPEG audio layer III, as far as headers go. */

import type { ByteSource } from '../platform/bytes';
import { viewOf } from './magic';

/** The first frame is looked for in this many bytes: recorders put zeros in front, cutters half a frame. */
const SEARCHED = 2 ** 20;
/** So many frames in a row are no coincidence. */
const IN_A_ROW = 4;
const LONGEST_FRAME = 2881;

/** kbit/s by the index in a frame's header, of MPEG 1 and of the lower sample rates. */
const BIT_RATES = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const LOW_BIT_RATES = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/** 11 bits of sync, a known version, layer III, a known bit rate and sample rate. */
export function isMp3Frame(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at] === 0xff &&
    (bytes[at + 1] & 0xe6) === 0xe2 &&
    (bytes[at + 1] & 0x18) !== 0x08 &&
    bytes[at + 2] >> 4 !== 15 &&
    (bytes[at + 2] & 0x0c) !== 0x0c
  );
}

/** Hz */
export function mp3Rate(frame: Uint8Array, at = 0): number {
  const rate = [44_100, 48_000, 32_000][(frame[at + 2] >> 2) & 3];
  const version = (frame[at + 1] >> 3) & 3;
  return version === 3 ? rate : version === 2 ? rate / 2 : rate / 4;
}

/** kbit/s of a frame; 0 where it does not say. */
export function mp3BitRate(frame: Uint8Array, at = 0): number {
  return (isMpeg1(frame, at) ? BIT_RATES : LOW_BIT_RATES)[frame[at + 2] >> 4];
}

const isMpeg1 = (frame: Uint8Array, at = 0): boolean => (frame[at + 1] & 0x18) === 0x18;

/** Bytes of a frame; 0 where its bit rate is free. */
function frameLength(frame: Uint8Array, at: number): number {
  const padding = (frame[at + 2] >> 1) & 1;
  const bytes = ((isMpeg1(frame, at) ? 144_000 : 72_000) * mp3BitRate(frame, at)) / mp3Rate(frame, at);
  return bytes === 0 ? 0 : Math.floor(bytes) + padding;
}

/**
 * Where the first frame begins. A frame counts as one when others of its kind follow, or the file ends.
 * @returns -1 where there is none near the start
 */
export async function findMp3(source: ByteSource): Promise<number> {
  const step = 2 ** 16;
  for (let from = 0; from < Math.min(source.size, SEARCHED); from += step) {
    const window = await source.read(from, from + step + IN_A_ROW * LONGEST_FRAME);
    const last = Math.min(step, window.length - 4);
    for (let at = 0; at < last; at++) {
      if (window[at] === 0xff && followed(window, at, from + window.length >= source.size)) return from + at;
    }
  }
  return -1;
}

/** @param ends whether the file ends where `bytes` does */
function followed(bytes: Uint8Array, start: number, ends: boolean): boolean {
  let at = start;
  for (let frames = 0; frames < IN_A_ROW; frames++) {
    if (at + 4 > bytes.length) return ends && frames > 1;
    // version, layer and sample rate stay
    const same =
      ((bytes[at + 1] ^ bytes[start + 1]) & 0xfe) === 0 && ((bytes[at + 2] ^ bytes[start + 2]) & 0x0c) === 0;
    const length = isMp3Frame(bytes, at) && same ? frameLength(bytes, at) : 0;
    if (length === 0) return false;
    at += length;
  }
  return true;
}

/** Most encoders say in a first, silent frame ("Xing" or "Info") how long the sound is. */
export interface Mp3Info {
  /** frames that follow; 0 where it is not said */
  readonly frames: number;
  /** samples a frame */
  readonly frameSize: number;
  /** samples that the encoder put in front and behind; null where it is not said */
  readonly padding: { readonly front: number; readonly end: number } | null;
}

/** @returns null where the first frame is sound */
export function mp3Info(head: Uint8Array): Mp3Info | null {
  if (head.length < 48) return null;
  const view = viewOf(head);
  const mpeg1 = isMpeg1(head);
  const mono = head[3] >> 6 === 3;
  const tag = 4 + (mpeg1 ? (mono ? 17 : 32) : mono ? 9 : 17);
  const name = view.getUint32(tag);
  if (name !== 0x58696e67 && name !== 0x496e666f) return null;
  const flags = view.getUint32(tag + 4);
  let at = tag + 8;
  const frames = flags & 1 ? view.getUint32(at) : 0;
  if (flags & 1) at += 4;
  if (flags & 2) at += 4;
  if (flags & 4) at += 100;
  if (flags & 8) at += 4;
  // the encoder's name, 9 bytes, and 12 more before both lengths, of 12 bits each
  const lengths = at + 21;
  const known = lengths + 3 <= head.length && head[at] !== 0;
  return {
    frames,
    frameSize: mpeg1 ? 1152 : 576,
    padding: known
      ? {
          front: (head[lengths] << 4) | (head[lengths + 1] >> 4),
          end: ((head[lengths + 1] & 15) << 8) | head[lengths + 2],
        }
      : null,
  };
}
