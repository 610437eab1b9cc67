/**
 * Loads a kernel binary and hands out memory for it.
 *
 * Kernels are pure functions over one linear memory; they keep no state and allocate nothing. Every
 * buffer belongs to whoever asked the heap for it, at set-up. Nothing is ever freed: an engine (or a
 * training worker) owns one memory, and the memory goes when its owner goes.
 */

import type { Exports as PlayExports } from '../../build/kernels/play';
import type { Exports as TrainExports } from '../../build/kernels/train';
import { type Computation, compute, type Table, type Tables } from './tables';

export type PlayKernels = Omit<PlayExports, 'memory'>;
export type TrainKernels = Omit<TrainExports, 'memory'>;

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
  #tables: Tables | null;
  /** where constants are, by name */
  #constants = new Map<string, Pointer>();
  /** what `filled` has put off: tables, where each belongs, and how far `fillOn` has come */
  /** as words, so that copies keep every bit of tables that are no floats */
  readonly #pending: Int32Array<ArrayBufferLike>[] = [];
  readonly #pendingAt: Pointer[] = [];
  #filling = 0;
  #copied = 0;
  /** the whole memory, once it is sealed; null where nothing is put off */
  #all: Int32Array<ArrayBuffer> | null = null;

  /**
   * @param module a compiled kernel binary (see `binary.ts`)
   * @param tables where constants are looked up, and kept for the next heap of the same purpose; null: nowhere
   * @param gradually `filled` puts off copying the tables that it finds, until `fillOn` does
   */
  constructor(
    module: WebAssembly.Module,
    tables: Tables | null = null,
    readonly gradually = false,
  ) {
    this.#tables = tables;
    // growing it again and again takes as long as filling it
    let known = 0;
    for (const { byteLength } of tables?.complete.values() ?? []) known += byteLength;
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
   * Set-up only. Runs `make`, whose constants are another instrument's: they come from `tables`.
   */
  with<T>(tables: Tables, make: () => T): T {
    const [before, constants] = [this.#tables, this.#constants];
    this.#tables = tables;
    this.#constants = new Map();
    try {
      return make();
    } finally {
      this.#tables = before;
      this.#constants = constants;
    }
  }

  /**
   * A table that takes long to compute. Set-up only.
   * @param name says what it was made of, so that equal names mean equal tables
   */
  computed<T extends Table>(name: string, computation: Computation<T>): T {
    return this.#tables ? this.#tables.get(name, computation) : compute(computation);
  }

  /** The same in memory, once however often it is asked for. Set-up only. */
  constant(name: string, computation: Computation<Table>): Pointer {
    return this.#once(name, () => this.put(this.computed(name, computation)));
  }

  /**
   * Room for `count` values that `fill` writes, or that another heap has written; once, as `constant`.
   * @param piece values written by one call of `fill`, so that a set-up can pause between two; default: all
   */
  filled(name: string, count: number, fill: (at: Pointer, piece: number) => void, piece = count): Pointer {
    return this.#once(name, () => {
      const start = this.alloc(count);
      for (let from = 0, index = 0; from < count; from += piece, index++) {
        const at = start + from * 4;
        this.#fillPiece(`${name}/${index}`, at, Math.min(piece, count - from), () => fill(at, index));
      }
      return start;
    });
  }

  #fillPiece(name: string, at: Pointer, count: number, fill: () => void): void {
    const table = this.#tables?.find(name);
    if (this.gradually && table instanceof Float32Array) {
      this.#pending.push(new Int32Array(table.buffer, table.byteOffset, table.length));
      this.#pendingAt.push(at);
    } else if (table) this.view(at, count).set(table);
    else {
      fill();
      this.#tables?.keep(name, this.view(at, count).slice());
    }
  }

  #once(name: string, make: () => Pointer): Pointer {
    const known = this.#constants.get(name);
    if (known !== undefined) return known;
    const at = make();
    this.#constants.set(name, at);
    return at;
  }

  /** A view of `count` f32 values at `at`. Detached by a later `alloc` that grows the memory. */
  view(at: Pointer, count: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#memory.buffer as ArrayBuffer, at, count);
  }

  /** From here on the memory neither grows nor moves: cached views stay valid. */
  seal(): void {
    this.#sealed = true;
    if (this.#pending.length > 0) this.#all = new Int32Array(this.#memory.buffer as ArrayBuffer);
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
