/**
 * What set-up computes and keeps: twiddles, packed weights, the spectra of a response. Tables are immutable
 * and have names, so that one instrument's tables serve all its engines.
 *
 * Computing them takes up to a few hundred milliseconds, too long for a page's main thread in one go. So a
 * set-up can pause: `attempt` runs it until its time is over and then abandons it. The next attempt starts
 * over, finds all tables that are complete, and continues the one that was interrupted.
 */

export type Table = Float32Array<ArrayBufferLike> | Float64Array<ArrayBufferLike>;

/** A table, or a generator that yields now and then and returns the table. */
export type Computation<T extends Table> = () => T | Generator<void, T>;

/** Thrown through a set-up whose time is over. */
class Pause {}

export class Tables {
  readonly #complete: Map<string, Table>;
  readonly #started = new Map<string, Generator<void, Table>>();
  /** null: there is no limit */
  #isLate: (() => boolean) | null = null;

  /** @param complete tables that another instance computed */
  constructor(complete: ReadonlyMap<string, Table> = new Map()) {
    this.#complete = new Map(complete);
  }

  /** Complete tables by name. */
  get complete(): ReadonlyMap<string, Table> {
    return this.#complete;
  }

  find(name: string): Table | undefined {
    return this.#complete.get(name);
  }

  keep(name: string, table: Table): void {
    this.#complete.set(name, table);
    this.#pauseWhenLate();
  }

  /** The table of this name, computed where it is missing. */
  get<T extends Table>(name: string, compute: Computation<T>): T {
    const found = this.#complete.get(name);
    if (found) return found as T;
    const result = this.#started.get(name) ?? compute();
    const table = ArrayBuffer.isView(result) ? result : this.#run(name, result);
    this.keep(name, table);
    return table as T;
  }

  /**
   * Runs `setUp`, which asks for tables, until `isLate`.
   * @returns its result; undefined where it was paused: call again
   */
  attempt<T>(isLate: () => boolean, setUp: () => T): T | undefined {
    this.#isLate = isLate;
    try {
      return setUp();
    } catch (thrown) {
      if (thrown instanceof Pause) return undefined;
      throw thrown;
    } finally {
      this.#isLate = null;
    }
  }

  #run(name: string, generator: Generator<void, Table>): Table {
    this.#started.set(name, generator);
    for (;;) {
      const { done, value } = generator.next();
      if (done) {
        this.#started.delete(name);
        return value;
      }
      this.#pauseWhenLate();
    }
  }

  #pauseWhenLate(): void {
    if (this.#isLate?.()) throw new Pause();
  }
}

/** Runs a computation to its end. */
export function compute<T extends Table>(computation: Computation<T>): T {
  const result = computation();
  if (ArrayBuffer.isView(result)) return result;
  for (;;) {
    const { done, value } = result.next();
    if (done) return value;
  }
}
