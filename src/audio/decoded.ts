export interface DecodedAudio {
  /** -1..1, one array a channel, all of one length */
  readonly channels: Float32Array[];
  /** Hz */
  readonly sampleRate: number;
}
