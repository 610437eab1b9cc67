/** What the node's events tell of the input. */

/** One analysed frame of the input. */
export interface AnalysisFrame {
  /** context time in seconds at which the frame had been analysed; it shows the sound half a window earlier */
  readonly time: number;
  /** Hz before matching and the pitch shift, 0 = unvoiced */
  readonly f0: number;
  /** 0..1 */
  readonly confidence: number;
  /** dB, A-weighted, -80 and up, before matching */
  readonly loudness: number;
  /** octaves that matching adds to the pitch */
  readonly register: number;
  /** dB that matching adds to the loudness */
  readonly level: number;
  /** the frame is a note of the player's; false: unvoiced, or not above the background */
  readonly note: boolean;
  /** dB: the gate; a note begins with a voiced frame that is louder */
  readonly gate: number;
  /** Hz of the mains, 50 or 60, whose hum is being removed; 0 = none */
  readonly hum: number;
}

/** @param entry FRAME_VALUES values */
export function analysisFrame(entry: Float64Array): AnalysisFrame {
  const [time, f0, confidence, loudness, register, level, note, gate, hum] = entry;
  return { time, f0, confidence, loudness, register, level, note: note === 1, gate, hum };
}

/** A note that begins or ends in the input. */
export interface NoteEvent {
  readonly type: 'on' | 'off';
  /** MIDI note number, 0 to 127, of the pitch as it is played into the node */
  readonly note: number;
  /**
   * 1 to 127, fractions included: the loudness, matched, in the model's range, so that the same model plays this
   * velocity about as loudly; of `off`: the loudest of the note
   */
  readonly velocity: number;
  /** of the pitch above the note, about -50 to 50; of `off`: over the whole note */
  readonly cents: number;
  /** context seconds at which it began or ended in the input; the event comes about 0.1 s later */
  readonly time: number;
}

/** @param entry NOTE_VALUES values */
export function noteEvent(entry: Float64Array): NoteEvent {
  const [time, on, note, velocity, cents] = entry;
  return { type: on === 1 ? 'on' : 'off', note, velocity, cents, time };
}
