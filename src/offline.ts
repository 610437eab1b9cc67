/**
 * What `ddsp-worklet` does without a node, in Node and in pages: reading models and rendering. The engine that it
 * renders with is a part of the worklet's file, too. So these exports are apart from DDSPNode, and a page that uses
 * none of them has none of this code.
 */

export { type WavOptions, writeWav } from './audio/wav';
export { type DecoderInput, registerInput } from './decoder/inputs';
export { readModel, writeModel } from './model/file';
export type { WriteOptions } from './model/write';
export { MidiFileError, type MidiFileErrorCode } from './play/notes/midi-error';
export { type MidiFileOptions, readMidi } from './play/notes/read-midi';
export { type NotesOptions, renderNotes } from './play/notes/render-notes';
export type { MidiMessage, Note } from './play/notes/score';
export type { OfflineOptions } from './play/offline';
export { type RenderOptions, renderFrames, renderOffline } from './play/render';
export type { Frames } from './play/sources/frame-track';
export { registerProcessor } from './synth/registry';
