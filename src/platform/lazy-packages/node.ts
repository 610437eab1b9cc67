/**
 * Packages that training loads when it first needs them, in Node.
 *
 * A worker runs from a string, which has no place in the file system to look for packages from: the thread
 * that starts it tells it where they are.
 */

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { workerData } from 'node:worker_threads';

const NAMES = {
  flac: '@audio/decode-flac',
  mp3: '@audio/decode-mp3',
  vorbis: '@audio/decode-vorbis',
  opus: '@audio/decode-opus',
  onnxruntime: 'onnxruntime-web',
} as const;

type Name = keyof typeof NAMES;
export type PackagePlaces = Partial<Record<Name, string>>;

export const packages = {
  flac: load<typeof import('@audio/decode-flac')>('flac'),
  mp3: load<typeof import('@audio/decode-mp3')>('mp3'),
  vorbis: load<typeof import('@audio/decode-vorbis')>('vorbis'),
  opus: load<typeof import('@audio/decode-opus')>('opus'),
  onnxruntime: load<typeof import('onnxruntime-web')>('onnxruntime'),
};

/** @returns a loader, which may be told of another place than the installed package's */
function load<T>(name: Name): (place?: string) => Promise<T> {
  const { packages: places } = (workerData ?? {}) as { packages?: PackagePlaces };
  return async (place) => {
    // CommonJS packages have their exports on `default` here
    const loaded = await import(place ?? places?.[name] ?? NAMES[name]);
    return { ...loaded.default, ...loaded };
  };
}

/** For the `workerData` of a thread; packages that are not installed are left out. */
export function packagePlaces(): PackagePlaces {
  const { resolve } = createRequire(import.meta.url);
  const places: PackagePlaces = {};
  for (const [name, id] of Object.entries(NAMES) as [Name, string][]) {
    try {
      places[name] = pathToFileURL(resolve(id)).href;
    } catch {
      // an optional one
    }
  }
  return places;
}
