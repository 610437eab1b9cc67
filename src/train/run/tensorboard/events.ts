/**
 * Writes TensorBoard events: scalars, images and sounds, each with a tag and a step. Field numbers are those of
 * event.proto and summary.proto in tensorflow.
 */

import { PbfReader, PbfWriter } from 'pbf';
import { frameRecord, readRecords } from './records';

export type Summary =
  | { readonly tag: string; readonly scalar: number }
  | { readonly tag: string; readonly image: Image }
  | { readonly tag: string; readonly audio: Sound };

export interface Image {
  readonly width: number;
  readonly height: number;
  /** a PNG file with three channels */
  readonly png: Uint8Array;
}

export interface Sound {
  readonly sampleRate: number;
  /** length in samples */
  readonly length: number;
  /** a mono WAV file */
  readonly wav: Uint8Array;
}

const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 } as const;
const SUMMARY_VALUE = 1;
const VALUE = { tag: 1, scalar: 2, image: 4, audio: 6 } as const;
const IMAGE = { height: 1, width: 2, colorspace: 3, encoded: 4 } as const;
const AUDIO = { sampleRate: 1, channels: 2, length: 3, encoded: 4, contentType: 5 } as const;
const RGB = 3;

/** The first record of an event file. */
export function fileStart(time: number): Uint8Array {
  const event = new PbfWriter();
  event.writeDoubleField(EVENT.wallTime, time);
  event.writeStringField(EVENT.fileVersion, 'brain.Event:2');
  return frameRecord(event.finish());
}

/**
 * @param time seconds since 1970
 * @returns a framed record to append to an event file
 */
export function eventRecord(time: number, step: number, summaries: readonly Summary[]): Uint8Array {
  const event = new PbfWriter();
  event.writeDoubleField(EVENT.wallTime, time);
  event.writeVarintField(EVENT.step, step);
  event.writeMessage(EVENT.summary, writeSummary, summaries);
  return frameRecord(event.finish());
}

function writeSummary(summaries: readonly Summary[], out: PbfWriter): void {
  for (const summary of summaries) out.writeMessage(SUMMARY_VALUE, writeValue, summary);
}

function writeValue(summary: Summary, out: PbfWriter): void {
  out.writeStringField(VALUE.tag, summary.tag);
  if ('scalar' in summary) out.writeFloatField(VALUE.scalar, summary.scalar);
  else if ('image' in summary) out.writeMessage(VALUE.image, writeImage, summary.image);
  else out.writeMessage(VALUE.audio, writeSound, summary.audio);
}

function writeImage({ width, height, png }: Image, out: PbfWriter): void {
  out.writeVarintField(IMAGE.height, height);
  out.writeVarintField(IMAGE.width, width);
  out.writeVarintField(IMAGE.colorspace, RGB);
  out.writeBytesField(IMAGE.encoded, png);
}

function writeSound({ sampleRate, length, wav }: Sound, out: PbfWriter): void {
  out.writeFloatField(AUDIO.sampleRate, sampleRate);
  out.writeVarintField(AUDIO.channels, 1);
  out.writeVarintField(AUDIO.length, length);
  out.writeBytesField(AUDIO.encoded, wav);
  out.writeStringField(AUDIO.contentType, 'audio/wav');
}

/**
 * The complete records of an event file up to step `last`, for a run that resumes from that step. Within a file, steps
 * only increase.
 */
export function keepUpTo(file: Uint8Array, last: number): Uint8Array {
  let kept = 0;
  for (const { data, end } of readRecords(file)) {
    if (stepOf(data) > last) break;
    kept = end;
  }
  return file.subarray(0, kept);
}

function stepOf(event: Uint8Array): number {
  let step = 0;
  const reader = new PbfReader(event);
  reader.readFields((tag, _, message) => {
    if (tag === EVENT.step) step = message.readVarint(true);
  }, null);
  return step;
}
