/**
 * Turns standard MIDI files into timed messages. The package midi-file reads the events. This module checks them,
 * merges the tracks and applies the tempo map. It is loaded when the first file is read.
 */

import { type MidiEvent, type MidiHeader, parseMidi } from 'midi-file';
import { messageOf } from '../../errors';
import { withTrueSizes } from './midi-chunks';
import { damaged, MidiFileError } from './midi-error';
import type { MidiMessage } from './score';

const MOST_BYTES = 2 ** 21;
const MOST_SECONDS = 86_400;
/** seconds per quarter note, until a file sets another tempo */
const DEFAULT_TEMPO = 0.5;
/** The library calls 30 frames of drop-frame time code 29. */
const FRAME_RATES: Readonly<Record<number, number>> = { 24: 24, 25: 25, 29: 30_000 / 1001, 30: 30 };
const CHANNELS = 16;
/** channel 10, counted from 0: drums in General MIDI */
const DRUMS = 9;

const CONTROL = 0xb0;
const SUSTAIN = 64;
const ALL_NOTES_OFF = 123;
const PARAMETER = 100;
const MPE_ZONE = 6;

/** An event of any track: a channel message or a change of tempo. */
interface Timed {
  /** ticks from the beginning */
  readonly tick: number;
  readonly bytes: readonly number[];
  /** seconds per quarter note from here on; 0: no change */
  readonly tempo: number;
}

/**
 * @param channels the channels to play, 1 to 16; null: all but the drums
 * @throws MidiFileError
 */
export function messagesOf(file: Uint8Array, channels: readonly number[] | null): MidiMessage[] {
  if (file.length > MOST_BYTES)
    throw new MidiFileError(
      'midi-too-large',
      `the MIDI file has ${file.length} bytes, at most ${MOST_BYTES} are read`,
      { remedy: 'split it' },
    );
  const { header, tracks } = parse(withTrueSizes(file));
  checkHeader(header);
  const events: Timed[] = [];
  let end = 0;
  for (const [i, track] of tracks.entries()) end = Math.max(end, addTrack(events, track, i + 1));
  events.sort((a, b) => a.tick - b.tick);
  return playable(events, secondsPerTick(header, DEFAULT_TEMPO), end, header, channels);
}

function parse(file: Uint8Array): ReturnType<typeof parseMidi> {
  try {
    return parseMidi(file);
  } catch (cause) {
    throw damaged(messageOf(cause), cause);
  }
}

function checkHeader({ format, ticksPerBeat, framesPerSecond = 0, ticksPerFrame = 0 }: MidiHeader): void {
  if (format !== 0 && format !== 1)
    throw new MidiFileError('midi-format', `the MIDI file has the format ${format}, expected 0 or 1`, {
      remedy: 'export it as format 1',
    });
  const runs = ticksPerBeat === undefined ? FRAME_RATES[framesPerSecond] * ticksPerFrame : ticksPerBeat;
  if (!(runs > 0)) throw damaged('the division of its header gives no time to a tick');
}

/** @param tempo seconds per quarter note */
function secondsPerTick({ ticksPerBeat, framesPerSecond = 0, ticksPerFrame = 0 }: MidiHeader, tempo: number) {
  return ticksPerBeat === undefined
    ? 1 / (FRAME_RATES[framesPerSecond] * ticksPerFrame)
    : tempo / ticksPerBeat;
}

/** @returns the tick at which the track ends */
function addTrack(events: Timed[], track: readonly MidiEvent[], number: number): number {
  let tick = 0;
  for (const event of track) {
    if (!(event.deltaTime >= 0)) throw damaged(`track ${number} has a time that is no number`);
    tick += event.deltaTime;
    if (event.type === 'setTempo') {
      if (!(event.microsecondsPerBeat > 0)) throw damaged(`track ${number} sets the tempo to 0`);
      events.push({ tick, bytes: [], tempo: event.microsecondsPerBeat * 1e-6 });
      continue;
    }
    const bytes = bytesOf(event);
    if (bytes === null) continue;
    if (!bytes.slice(1).every((byte) => byte >= 0 && byte <= 127))
      throw damaged(`track ${number} has a message (${event.type}) whose data are missing or out of range`);
    events.push({ tick, bytes, tempo: 0 });
  }
  return tick;
}

/** @returns null for an event that has no effect here */
function bytesOf(event: MidiEvent): number[] | null {
  switch (event.type) {
    case 'noteOn':
      return [0x90 | event.channel, event.noteNumber, event.velocity];
    case 'noteOff':
      return [0x80 | event.channel, event.noteNumber, event.velocity];
    case 'noteAftertouch':
      return [0xa0 | event.channel, event.noteNumber, event.amount];
    case 'controller':
      return [CONTROL | event.channel, event.controllerType, event.value];
    case 'channelAftertouch':
      return [0xd0 | event.channel, event.amount];
    case 'pitchBend': {
      const value = event.value + 0x2000;
      return [0xe0 | event.channel, value % 128, Math.floor(value / 128)];
    }
    default:
      return null;
  }
}

/** Applies the tempo and the choice of channels. Notes that still sound at the end are released. */
function playable(
  events: readonly Timed[],
  firstTick: number,
  end: number,
  header: MidiHeader,
  channels: readonly number[] | null,
): MidiMessage[] {
  const plays = channelChoice(events, channels);
  const held = new Set<number>();
  const used = new Set<number>();
  const messages: MidiMessage[] = [];
  let perTick = firstTick;
  let tick = 0;
  let time = 0;
  const moveTo = (next: number) => {
    time += (next - tick) * perTick;
    tick = next;
    if (time > MOST_SECONDS)
      throw new MidiFileError(
        'midi-too-large',
        `the MIDI file lasts more than ${MOST_SECONDS / 3600} hours`,
        {
          remedy: 'split it, or look for a wrong time or tempo in it',
        },
      );
  };
  for (const { tick: at, bytes, tempo } of events) {
    moveTo(at);
    if (tempo > 0) perTick = secondsPerTick(header, tempo);
    const channel = bytes[0] & 0x0f;
    if (bytes.length === 0 || !plays[channel]) continue;
    used.add(channel);
    const kind = bytes[0] >> 4;
    if (kind === 9 && bytes[2] > 0) held.add((channel << 7) | bytes[1]);
    else if (kind === 9 || kind === 8) held.delete((channel << 7) | bytes[1]);
    messages.push({ time, bytes });
  }
  if (held.size > 0) moveTo(Math.max(end, tick));
  const last = messages[messages.length - 1];
  const over = held.size > 0 ? time : (last?.time ?? 0);
  for (const channel of used) {
    for (const controller of [SUSTAIN, ALL_NOTES_OFF])
      messages.push({ time: over, bytes: [CONTROL | channel, controller, 0] });
  }
  return messages;
}

/** The channels to play, counted from 0. In a file with an MPE zone, channel 10 is a voice like the others. */
function channelChoice(events: readonly Timed[], channels: readonly number[] | null): readonly boolean[] {
  const isMpe = events.some(
    ({ bytes }) =>
      (bytes[0] === CONTROL || bytes[0] === (CONTROL | 15)) &&
      bytes[1] === PARAMETER &&
      bytes[2] === MPE_ZONE,
  );
  return Array.from({ length: CHANNELS }, (_, i) =>
    channels === null ? isMpe || i !== DRUMS : channels.includes(i + 1),
  );
}
