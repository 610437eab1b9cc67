/** Test sounds, and WAV files of every encoding. */

/** The sound of test/fixtures/audio: a 440 Hz tone of one second that swells and fades. */
export function tone(sampleRate: number, frequency = 440): Float32Array {
  return Float32Array.from({ length: sampleRate }, (_, n) => {
    const t = n / sampleRate;
    return 0.5 * Math.sin(2 * Math.PI * frequency * t) * Math.sin(Math.PI * t) ** 2;
  });
}

/** A steady tone with two overtones, silent outside `from` to `to` seconds. */
export function note(
  seconds: number,
  rate = 16_000,
  frequency = 220,
  from = 0,
  to = seconds,
): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: Math.round(seconds * rate) }, (_, n) => {
    const t = n / rate;
    const phase = 2 * Math.PI * frequency * t;
    return t >= from && t < to
      ? 0.2 * (Math.sin(phase) + Math.sin(2 * phase) / 2 + Math.sin(3 * phase) / 4)
      : 0;
  });
}

export type Encoding = 'int8' | 'int16' | 'int24' | 'int32' | 'float32' | 'float64';

/** A WAV file with its channels interleaved; extensible puts the encoding into a GUID, as DAWs do. */
export function encodeWav(
  channels: readonly Float32Array[],
  sampleRate: number,
  encoding: Encoding,
  extensible = false,
): Uint8Array {
  const width = Number(encoding.replace(/\D/g, '')) / 8;
  const tag = encoding.startsWith('float') ? 3 : 1;
  const formatSize = extensible ? 40 : 16;
  const dataSize = channels[0].length * channels.length * width;
  const file = new Uint8Array(28 + formatSize + dataSize);
  const view = new DataView(file.buffer);
  const text = (at: number, characters: string) => file.set(new TextEncoder().encode(characters), at);
  text(0, 'RIFF');
  view.setUint32(4, file.length - 8, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, formatSize, true);
  view.setUint16(20, extensible ? 0xfffe : tag, true);
  view.setUint16(22, channels.length, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * channels.length * width, true);
  view.setUint16(32, channels.length * width, true);
  view.setUint16(34, width * 8, true);
  if (extensible) {
    view.setUint16(36, 22, true);
    view.setUint16(38, width * 8, true);
    view.setUint16(44, tag, true);
    file.set([0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71], 46);
  }
  text(20 + formatSize, 'data');
  view.setUint32(24 + formatSize, dataSize, true);
  let at = 28 + formatSize;
  for (let n = 0; n < channels[0].length; n++) {
    for (const channel of channels) {
      writeSample(view, at, channel[n], encoding);
      at += width;
    }
  }
  return file;
}

function writeSample(view: DataView, at: number, value: number, encoding: Encoding): void {
  const integer = (bits: number) => Math.round(value * (2 ** (bits - 1) - 1));
  if (encoding === 'int8') view.setUint8(at, integer(8) + 128);
  else if (encoding === 'int16') view.setInt16(at, integer(16), true);
  else if (encoding === 'int32') view.setInt32(at, integer(32), true);
  else if (encoding === 'float32') view.setFloat32(at, value, true);
  else if (encoding === 'float64') view.setFloat64(at, value, true);
  else {
    view.setUint16(at, integer(24) & 0xffff, true);
    view.setInt8(at + 2, integer(24) >> 16);
  }
}

/** An AIFF file, or AIFF-C for floats, with its channels interleaved. */
export function encodeAiff(
  channels: readonly Float32Array[],
  sampleRate: number,
  encoding: 'int16' | 'int24' | 'float32' | 'sowt16',
): Uint8Array {
  const bits = Number(encoding.replace(/\D/g, ''));
  const width = bits / 8;
  const compression = { int16: '', int24: '', float32: 'fl32', sowt16: 'sowt' }[encoding];
  const size = channels[0].length * channels.length * width;
  const common = compression ? 24 : 18;
  const file = new Uint8Array(12 + 8 + common + 16 + size);
  const view = new DataView(file.buffer);
  const text = (at: number, characters: string) => {
    for (let i = 0; i < characters.length; i++) file[at + i] = characters.charCodeAt(i);
  };
  text(0, compression ? 'FORM    AIFC' : 'FORM    AIFF');
  view.setUint32(4, file.length - 8);
  text(12, 'COMM');
  view.setUint32(16, common);
  view.setInt16(20, channels.length);
  view.setUint32(22, channels[0].length);
  view.setInt16(26, bits);
  // an integer below 2^32 as a number of 80 bits: its exponent, and its bits from the leading 1 on
  const shift = Math.clz32(sampleRate);
  view.setUint16(28, 16383 + 31 - shift);
  view.setUint32(30, (sampleRate << shift) >>> 0);
  if (compression) text(38, `${compression}\0\0`);
  let at = 20 + common;
  text(at, 'SSND');
  view.setUint32(at + 4, 8 + size);
  at += 16;
  for (let n = 0; n < channels[0].length; n++) {
    for (const channel of channels) {
      const value = channel[n];
      if (encoding === 'float32') view.setFloat32(at, value);
      else if (encoding === 'int24') {
        const scaled = Math.round(value * (2 ** 23 - 1));
        view.setInt16(at, scaled >> 8);
        view.setUint8(at + 2, scaled & 255);
      } else view.setInt16(at, Math.round(value * (2 ** 15 - 1)), encoding === 'sowt16');
      at += width;
    }
  }
  return file;
}
