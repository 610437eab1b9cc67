/** Reads MIDI files. The reader itself is loaded only when it is needed. */

import { OptionError } from '../../errors';
import { checkKeys, checkNumber, show } from '../../options';
import type { MidiMessage } from './score';

export interface MidiFileOptions {
  /** channels to play, each 1 to 16; default: all but channel 10 (drums), or all if the file sets up MPE */
  readonly channels?: readonly number[];
}

const CHANNEL = { minimum: 1, maximum: 16, whole: true };

/**
 * Reads a standard MIDI file of format 0 or 1. Returns the messages of its channels in order. Times follow the file's
 * tempo map or time code. The last messages release everything.
 * @param file at most 2 MiB
 * @throws (rejects with) MidiFileError for a file that cannot be played; OptionError that names the option
 */
export async function readMidi(
  file: ArrayBuffer | Uint8Array,
  options: MidiFileOptions = {},
): Promise<MidiMessage[]> {
  checkKeys('', options, ['channels']);
  const { channels = null } = options;
  checkChannels(channels);
  const bytes = file instanceof ArrayBuffer ? new Uint8Array(file) : file;
  if (!(bytes instanceof Uint8Array))
    throw new OptionError('file', `expected an ArrayBuffer or a Uint8Array, found ${show(file)}`);
  const { messagesOf } = await import('./midi-file');
  return messagesOf(bytes, channels);
}

function checkChannels(channels: readonly number[] | null): void {
  if (channels === null) return;
  if (!Array.isArray(channels)) throw new OptionError('channels', `expected a list, found ${show(channels)}`);
  for (const [i, channel] of channels.entries()) checkNumber(`channels[${i}]`, channel, CHANNEL);
}
