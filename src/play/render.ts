/** Offline renders of recordings and of frames. */

import { LISTENING_KEYS, type ListeningOptions } from '../analysis/listening';
import { OptionError } from '../errors';
import type { Model } from '../model/model';
import { checkKeys } from '../options';
import { MATCHING_KEYS, type MatchingOptions, matching } from './matching/options';
import { OFFLINE_KEYS, type OfflineOptions, perform } from './offline';
import { type Frames, FrameTrack } from './sources/frame-track';
import { ReportedSource } from './sources/reported';

export interface RenderOptions extends OfflineOptions {
  /** how the audio is analysed; default: as in the model's file */
  readonly listening?: ListeningOptions;
  /** how register and level are matched to the model; default: both are automatic */
  readonly matching?: MatchingOptions;
  /**
   * called once, before the promise resolves, with the frames that were played (gated, held, matched). There is one
   * frame for each hop of the audio, including an incomplete last hop. `renderFrames` plays them in the same way.
   */
  readonly onFrames?: (frames: Frames) => void;
}

const GROUPS = [
  { name: 'listening', keys: LISTENING_KEYS },
  { name: 'matching', keys: MATCHING_KEYS },
];

/**
 * Plays `audio` through `model`, as the node would.
 * @param audio mono samples at `sampleRate`
 * @returns as many samples as `audio`; the node's latency is removed
 * @throws (rejects with) OptionError for an unknown option or a value out of range; ModelError for a model that cannot
 *   be played
 */
export async function renderOffline(
  model: Model,
  audio: Float32Array,
  options: RenderOptions = {},
): Promise<Float32Array<ArrayBuffer>> {
  checkKeys('', options, [...OFFLINE_KEYS, 'listening', 'matching', 'onFrames'], GROUPS);
  const { listening = {}, onFrames } = options;
  checkKeys('listening', listening, LISTENING_KEYS);
  const matched = matching(options.matching);
  if (!(audio instanceof Float32Array))
    throw new OptionError('audio', 'expected a Float32Array of mono samples');
  const source = new ReportedSource();
  let hop = 1;
  const rendered = await perform(model, options, { listening }, (engine) => {
    engine.matching = matched;
    hop = engine.hop;
    if (onFrames && engine.listener) engine.listening?.begin(source.of(engine.listener), engine.firstOffset);
    return { audio, length: audio.length };
  });
  onFrames?.(source.frames(Math.ceil(audio.length / hop)));
  return rendered;
}

/**
 * Plays given pitch and loudness through `model`. There is no analysis, no matching and no delay. Frame i covers
 * samples [iH, (i + 1)H) of the result, H = round(sampleRate / model.frameRate).
 * @param frames f0 in Hz (0 = unvoiced) and loudness in dB, one value per frame
 * @returns H samples for each frame
 * @throws (rejects with) OptionError for an unknown option, frames of unequal lengths or values that are not finite
 */
export async function renderFrames(
  model: Model,
  frames: Frames,
  options: OfflineOptions = {},
): Promise<Float32Array<ArrayBuffer>> {
  checkKeys('', options, OFFLINE_KEYS);
  checkKeys('frames', frames, [...(model.decoder.inputs ?? []), 'f0', 'loudness', 'leaps']);
  return perform(model, options, { listening: null, voices: 1 }, (engine) => {
    const track = new FrameTrack(frames, engine.frame);
    engine.voices[0].begin(track, engine.firstOffset);
    return { audio: null, length: track.length * engine.hop };
  });
}
