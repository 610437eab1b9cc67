/** Packages that training loads when it first needs them, in a page: parts of the bundle. */

export const packages = {
  flac: () => import('@audio/decode-flac'),
  mp3: () => import('@audio/decode-mp3'),
  vorbis: () => import('@audio/decode-vorbis'),
  opus: () => import('@audio/decode-opus'),
  samplerate: () => import('@alexanderolsen/libsamplerate-js'),
};
