/** The `ddsp` command as a process of its own, in a folder with something to train on. */

import { type ChildProcess, spawn } from 'node:child_process';
import { type FSWatcher, watch } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeWav } from '../../src/audio/wav';
import { bundleCommand } from './bundle';

export interface Answer {
  /** null where a signal ended it */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  /** sends Ctrl-C once stderr contains this */
  readonly interruptAt?: string;
  readonly env?: Record<string, string>;
  /** kilobytes that a file may take; as on a full disk, writing fails beyond */
  readonly fileLimit?: number;
  /** once stderr contains the sign: sends SIGKILL after so many changes of files in the folder; 0: at once */
  readonly killAfter?: { readonly sign: string; readonly folder: string; readonly changes: number };
  /** done once stderr contains the sign */
  readonly whenSeen?: { readonly sign: string; work(): Promise<void> };
}

/** A model small enough to train while a test waits. */
export const SMALL = [
  ...['model.sampleRate=16000', 'model.frameRate=100', 'model.analysis.window=1024'],
  ...['model.decoder.hidden=8', 'synth.preset=hpn', 'synth.harmonics=8', 'synth.bands=17'],
  ...['loss.sizes=256,512', 'trainer.batchSize=2', 'model.about.authors=Ann,Bo'],
];

export class Workplace {
  readonly #running = new Set<ChildProcess>();

  private constructor(
    readonly folder: string,
    readonly bundle: string,
    /** where databases go by default, where the system goes by XDG_CACHE_HOME */
    readonly cache: string,
  ) {}

  /**
   * Holds `glide.wav` (8 s, 16 kHz, from 200 Hz up by 20 Hz a second) and `letter.wav`, which is text.
   * @param name of the test: those that run at the same time have their own
   */
  static async create(name: string): Promise<Workplace> {
    const bundle = await bundleCommand(name);
    const [folder, cache] = await Promise.all(
      [name, `${name}-cache`].map((prefix) => mkdtemp(path.join(tmpdir(), `ddsp-${prefix}-`))),
    );
    const place = new Workplace(folder, bundle, cache);
    const glide = Float32Array.from({ length: 8 * 16_000 }, (_, n) => {
      const t = n / 16_000;
      return 0.3 * Math.sin(2 * Math.PI * (200 * t + 10 * t * t));
    });
    await writeFile(place.at('glide.wav'), writeWav(glide, 16_000));
    await writeFile(place.at('letter.wav'), 'not a sound');
    return place;
  }

  at(...parts: string[]): string {
    return path.join(this.folder, ...parts);
  }

  /** Runs `ddsp` to its end. */
  ddsp(
    args: readonly string[],
    { interruptAt, env, fileLimit, killAfter, whenSeen }: RunOptions = {},
  ): Promise<Answer> {
    const command = [process.execPath, this.bundle, ...args];
    const limited = ['bash', '-c', `ulimit -f ${fileLimit}; exec "$0" "$@"`, ...command];
    const [program, ...rest] = fileLimit === undefined ? command : limited;
    return new Promise((resolve, reject) => {
      const child = spawn(program, rest, {
        env: { ...process.env, DEBUG: '', XDG_CACHE_HOME: this.cache, ...env },
      });
      this.#running.add(child);
      let out = '';
      let err = '';
      let interrupted = false;
      let watcher: FSWatcher | undefined;
      let worked: Promise<void> | undefined;
      child.stdout.on('data', (data) => {
        out += data;
      });
      child.stderr.on('data', (data) => {
        err += data;
        if (interruptAt && !interrupted && err.includes(interruptAt)) interrupted = child.kill('SIGINT');
        if (whenSeen && !worked && err.includes(whenSeen.sign)) {
          worked = whenSeen.work();
          worked.catch(reject);
        }
        if (killAfter && !watcher && err.includes(killAfter.sign)) {
          let left = killAfter.changes;
          if (left === 0) child.kill('SIGKILL');
          else {
            watcher = watch(killAfter.folder, () => {
              if (--left <= 0) child.kill('SIGKILL');
            });
          }
        }
      });
      child.on('error', reject);
      child.on('close', (code) => {
        this.#running.delete(child);
        watcher?.close();
        resolve({ code, out, err });
      });
    });
  }

  async remove(): Promise<void> {
    // of a test that failed meanwhile
    for (const child of this.#running) child.kill('SIGKILL');
    await rm(this.folder, { recursive: true });
    await rm(this.cache, { recursive: true, force: true });
    await rm(this.bundle);
  }
}
