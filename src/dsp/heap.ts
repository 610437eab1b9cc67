/**
 * Loads a kernel binary and hands out memory for it.
 *
 * Kernels are pure functions over one linear memory; they keep no state and allocate nothing. Every
 * buffer belongs to whoever asked the heap for it, at set-up. Nothing is ever freed: an engine (or a
 * training worker) owns one memory, and the memory goes when its owner goes.
 */

import type { Exports as PlayExports } from '../../build/kernels/play';
import type { Exports as TrainExports } from '../../build/kernels/train';

export type PlayKernels = Omit<PlayExports, 'memory'>;
export type TrainKernels = Omit<TrainExports, 'memory'>;

/** What set-up computes: twiddles, packed weights, a response's spectra. */
export type Table = Float32Array<ArrayBufferLike> | Float64Array<ArrayBufferLike>;

/** A byte address in a kernel memory. */
export type Pointer = number;

const PAGE = 65536;
/** Static data of a binary lies below this address. */
const HEAP_BASE = PAGE;
const ALIGNMENT = 64;
const MAXIMUM_PAGES = 32768;
/** Values that `fillOn` copies: 0.1 ms where the memory is touched for the first time. */
const PORTION = 32768;

/**
 * One memory and one instance of the kernels over it.
 *
 * `alloc` may grow the memory, and growing detaches views: make views with `view` only after the
 * last `alloc`, or use them at once. `seal` makes later allocation an error.
 */
export class Heap<K = PlayKernels> {
  readonly kernels: K;
  readonly #memory: WebAssembly.Memory;
  #top = HEAP_BASE;
  #sealed = false;
  /** of `computed` and `filled`, until the heap is sealed; null: nobody will want them */
  #tables: Table[] | null;
  #asked = 0;
  /** what `filled` has put off: tables, where each belongs, and how far `fillOn` has come */
  readonly #pending: Float32Array<ArrayBufferLike>[] = [];
  readonly #pendingAt: Pointer[] = [];
  #filling = 0;
  #copied = 0;
  /** the whole memory, once it is sealed; null where nothing is put off */
  #all: Float32Array<ArrayBuffer> | null = null;

  /**
   * @param module a compiled kernel binary (see `binary.ts`)
   * @param tables where `computed` finds its tables, or leaves them for the next heap of the same purpose
   * @param gradually `filled` puts off copying the tables that it finds, until `fillOn` does
   */
  constructor(
    module: WebAssembly.Module,
    tables: Table[] | null = null,
    readonly gradually = false,
  ) {
    this.#tables = tables;
    // growing it again and again takes as long as filling it
    const known = (tables ?? []).reduce((sum, { byteLength }) => sum + byteLength, 0);
    this.#memory = new WebAssembly.Memory({ initial: 2 + Math.ceil(known / PAGE), maximum: MAXIMUM_PAGES });
    const instance = new WebAssembly.Instance(module, { env: { memory: this.#memory } });
    this.kernels = instance.exports as K;
  }

  /** Zeroed room for `count` f32 (or i32) values, 64-byte aligned. Set-up only. */
  alloc(count: number): Pointer {
    if (this.#sealed) throw new Error('heap: alloc after seal');
    const at = this.#top;
    this.#top = Math.ceil((at + count * 4) / ALIGNMENT) * ALIGNMENT;
    const missing = this.#top - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
    return at;
  }

  /** Room for `values`, filled with them. Set-up only. */
  put(values: ArrayLike<number>): Pointer {
    const at = this.alloc(values.length);
    this.view(at, values.length).set(values);
    return at;
  }

  /**
   * A table that takes long to compute. Set-up asks for its tables always in the same order, so those that
   * one heap computed (on a page's main thread) serve another (on its audio thread, which must not wait).
   */
  computed<T extends Table>(compute: () => T): T {
    const index = this.#asked++;
    if (!this.#tables) return compute();
    this.#tables[index] ??= compute();
    return this.#tables[index] as T;
  }

  /** Room for `count` values that `fill` writes, or that (as in `computed`) another heap has written. */
  filled(count: number, fill: (at: Pointer) => void): Pointer {
    const at = this.alloc(count);
    const index = this.#asked++;
    const table = this.#tables?.[index];
    if (this.gradually && table instanceof Float32Array) {
      this.#pending.push(table);
      this.#pendingAt.push(at);
    } else if (table) this.view(at, count).set(table);
    else fill(at);
    if (this.#tables) this.#tables[index] ??= this.view(at, count).slice();
    return at;
  }

  /** A view of `count` f32 values at `at`. Detached by a later `alloc` that grows the memory. */
  view(at: Pointer, count: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#memory.buffer as ArrayBuffer, at, count);
  }

  /** From here on the memory neither grows nor moves: cached views stay valid. */
  seal(): void {
    this.#sealed = true;
    this.#tables = null;
    if (this.#pending.length > 0) this.#all = new Float32Array(this.#memory.buffer as ArrayBuffer);
  }

  /**
   * Audio thread, of a sealed heap. Copies the next portion of what `filled` has put off.
   * @returns true when everything is there
   */
  fillOn(): boolean {
    const all = this.#all;
    if (!all) return true;
    for (let left = PORTION; left > 0 && this.#filling < this.#pending.length; ) {
      const table = this.#pending[this.#filling];
      const at = this.#pendingAt[this.#filling] / 4;
      const end = Math.min(table.length, this.#copied + left);
      for (let i = this.#copied; i < end; i++) all[at + i] = table[i];
      left -= end - this.#copied;
      this.#copied = end;
      if (end === table.length) {
        this.#filling++;
        this.#copied = 0;
      }
    }
    if (this.#filling < this.#pending.length) return false;
    this.#all = null;
    this.#pending.length = 0;
    return true;
  }
}
