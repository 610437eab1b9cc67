/** Reconstructions of held-out clips by the current model, with their spectrograms and yardsticks. */

import { AS_RECORDED } from '../../analysis/listening';
import type { AnalysisSettings } from '../../analysis/track';
import { writeWav } from '../../audio/wav';
import type { Model } from '../../model/model';
import { UNMATCHED } from '../../play/matching/options';
import { renderOffline } from '../../play/render';
import type { PitchNetwork } from '../data/pitch/neural/network';
import { compareSounds, type SoundPair } from '../learn/metrics/compare-sounds';
import type { Yardsticks } from '../learn/metrics/yardsticks';
import type { Clip } from './clips';
import type { Media, ReportClip } from './report/data';
import { encodePng, LOWEST, type Picture, SpectrogramPainter } from './spectrogram';
import type { Image, Sound, Summary } from './tensorboard/events';

/** A sound and its spectrogram, as files. */
interface Recorded {
  readonly sound: Sound;
  readonly image: Image;
}

/** How the pitch of recordings is analysed. */
interface Hearing {
  readonly settings: AnalysisSettings;
  /** tracks the pitch of the yardsticks; default: pYIN */
  readonly network?: PitchNetwork;
}

export class Reconstructions {
  readonly #clips: readonly Clip[];
  readonly #hearing: Hearing;
  readonly #painter: SpectrogramPainter;
  readonly #originals: readonly Recorded[];
  #reconstructions: readonly Recorded[] = [];
  #yardsticks: Yardsticks = {};

  private constructor(clips: readonly Clip[], hearing: Hearing, painter: SpectrogramPainter) {
    this.#clips = clips;
    this.#hearing = hearing;
    this.#painter = painter;
    this.#originals = clips.map(({ audio }) => this.#recorded(audio, painter.paint([audio])[0]));
  }

  /** @param clips at the sample rate of the settings */
  static async create(clips: readonly Clip[], hearing: Hearing): Promise<Reconstructions> {
    return new Reconstructions(clips, hearing, await SpectrogramPainter.create(hearing.settings.sampleRate));
  }

  /** Lowest and highest frequency of the pictures, Hz. */
  get pictureRange(): readonly [number, number] {
    return [LOWEST, this.#painter.sampleRate / 2];
  }

  /** Renders the clips through `model`, without matching register and level. */
  async hear(model: Model): Promise<void> {
    const heard: Recorded[] = [];
    const pairs: SoundPair[] = [];
    for (const { audio } of this.#clips) {
      const played = await renderOffline(model, audio, { listening: AS_RECORDED, matching: UNMATCHED });
      // on the same scale as the original
      const [, picture] = this.#painter.paint([audio, played]);
      heard.push(this.#recorded(played, picture));
      pairs.push({ model: played, recording: audio });
    }
    const { settings, network } = this.#hearing;
    const { yardsticks } = await compareSounds(pairs, settings, network ?? null);
    this.#reconstructions = heard;
    this.#yardsticks = yardsticks;
  }

  /** The yardsticks of all clips together, from the last `hear`. */
  get yardsticks(): Yardsticks {
    return this.#yardsticks;
  }

  /** The original clips for TensorBoard. Their number and order never change. */
  get originals(): readonly Summary[] {
    return this.#originals.flatMap((recorded, i) => summaries(`clip_${i + 1}/original`, recorded));
  }

  get reconstructions(): readonly Summary[] {
    return this.#reconstructions.flatMap((recorded, i) =>
      summaries(`clip_${i + 1}/reconstruction`, recorded),
    );
  }

  /** The clips for the report. */
  get clips(): readonly ReportClip[] {
    return this.#clips.map(({ title, audio }, i) => ({
      title,
      seconds: audio.length / this.#painter.sampleRate,
      original: media(this.#originals[i]),
      reconstruction: i < this.#reconstructions.length ? media(this.#reconstructions[i]) : null,
    }));
  }

  #recorded(audio: Float32Array, picture: Picture): Recorded {
    const { sampleRate } = this.#painter;
    return {
      sound: { sampleRate, length: audio.length, wav: writeWav(audio, sampleRate) },
      image: { width: picture.width, height: picture.height, png: encodePng(picture) },
    };
  }
}

function summaries(tag: string, { sound, image }: Recorded): Summary[] {
  // TensorBoard accepts only one kind of data per tag
  return [
    { tag: `${tag}_audio`, audio: sound },
    { tag: `${tag}_spectrogram`, image },
  ];
}

function media({ sound, image }: Recorded): Media {
  return {
    sound: `data:audio/wav;base64,${base64(sound.wav)}`,
    picture: `data:image/png;base64,${base64(image.png)}`,
  };
}

/** Bytes per call of String.fromCharCode; a multiple of 3, so that the base64 parts can be concatenated. */
const PART = 3 * 8192;

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += PART) {
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + PART)));
  }
  return text;
}
