/** Writes mono WAV files. */

export interface WavOptions {
  /** 32-bit float, kept exactly; default false: 16-bit, rounded, cut off beyond full scale */
  readonly float?: boolean;
}

const HEADER = 58;

/**
 * @param samples mono, -1..1
 * @param sampleRate Hz, an integer
 * @returns a whole file
 */
export function writeWav(
  samples: Float32Array,
  sampleRate: number,
  { float = false }: WavOptions = {},
): Uint8Array<ArrayBuffer> {
  const width = float ? 4 : 2;
  const size = samples.length * width;
  const file = new Uint8Array(HEADER + size);
  const view = new DataView(file.buffer);
  const text = (at: number, characters: string) => {
    for (let i = 0; i < characters.length; i++) file[at + i] = characters.charCodeAt(i);
  };
  text(0, 'RIFF');
  view.setUint32(4, HEADER - 8 + size, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 18, true);
  view.setUint16(20, float ? 3 : 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * width, true);
  view.setUint16(32, width, true);
  view.setUint16(34, width * 8, true);
  // encodings other than integer need a fact chunk; it does no harm to integers
  text(38, 'fact');
  view.setUint32(42, 4, true);
  view.setUint32(46, samples.length, true);
  text(50, 'data');
  view.setUint32(54, size, true);
  if (float) {
    for (let i = 0; i < samples.length; i++) view.setFloat32(HEADER + i * 4, samples[i], true);
  } else {
    for (let i = 0; i < samples.length; i++) {
      const scaled = Math.round(samples[i] * 32768);
      view.setInt16(HEADER + i * 2, Math.max(-32768, Math.min(32767, scaled)), true);
    }
  }
  return file;
}
