/**
 * Checks the chunks of a standard MIDI file before the events are read. The reader of events trusts the sizes that a
 * file declares.
 */

import { damaged, MidiFileError } from './midi-error';

const HEADER_SIZE = 14;
const MOST_TRACKS = 0xffff;

/**
 * @returns the file with only its header and its tracks; all sizes are true
 * @throws MidiFileError `not-midi` for another file, `midi-damaged` for a file that is cut off
 */
export function withTrueSizes(file: Uint8Array): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < HEADER_SIZE || idAt(file, 0) !== 'MThd')
    throw new MidiFileError('not-midi', 'this is not a MIDI file: it does not begin with MThd', {
      remedy: 'use a standard MIDI file (.mid)',
    });
  const headerSize = view.getUint32(4);
  if (headerSize < 6) throw damaged(`its header has ${headerSize} bytes, expected 6`);
  const tracks: Uint8Array[] = [];
  for (let at = 8 + headerSize; at + 8 <= file.length; ) {
    const size = view.getUint32(at + 4);
    const end = at + 8 + size;
    if (idAt(file, at) === 'MTrk') {
      const rest = file.length - at - 8;
      if (size > rest)
        throw damaged(`track ${tracks.length + 1} is cut off: ${rest} of ${size} bytes are there`);
      tracks.push(file.subarray(at, end));
    }
    at = end;
  }
  if (tracks.length === 0) throw damaged('it has no track');
  if (tracks.length > MOST_TRACKS)
    throw damaged(`it has ${tracks.length} tracks, at most ${MOST_TRACKS} are allowed`);
  return joined(file.subarray(0, HEADER_SIZE), tracks);
}

function joined(header: Uint8Array, tracks: readonly Uint8Array[]): Uint8Array {
  const size = tracks.reduce((sum, track) => sum + track.length, HEADER_SIZE);
  const file = new Uint8Array(size);
  file.set(header);
  const view = new DataView(file.buffer);
  view.setUint32(4, HEADER_SIZE - 8);
  view.setUint16(10, tracks.length);
  let at = HEADER_SIZE;
  for (const track of tracks) {
    file.set(track, at);
    at += track.length;
  }
  return file;
}

function idAt(file: Uint8Array, at: number): string {
  return String.fromCharCode(...file.subarray(at, at + 4));
}
