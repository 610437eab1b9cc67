/** How f0 and loudness enter the decoder; `linear`: (f0 - 32) / 1968 and loudness / 80 + 1. */
export type InputScale = 'linear' | 'log';

export interface DecoderConfig {
  /** h: width of every layer and of the GRU */
  readonly hidden: number;
  readonly inputScale: InputScale;
}
