/** What tests of every browser may ask of it: pages, and what scripts there come to. */

export interface TestBrowser {
  /** as the browser gives it */
  readonly version: string;
  /** A new page at `url`, loaded. */
  open(url: string): Promise<TestPage>;
  close(): Promise<void>;
}

export interface TestPage {
  /**
   * The value of `code` in the page, or what the promise that it gives resolves to: an expression, or a
   * function that gets `argument`. Both travel as JSON.
   *
   * @throws (rejects) with the message of the page's error
   */
  evaluate<Result = unknown>(code: string): Promise<Result>;
  evaluate<Result, Argument = undefined>(
    code: (argument: Argument) => Result,
    ...argument: Argument extends undefined ? [] : [Argument]
  ): Promise<Awaited<Result>>;
  /** PNG */
  screenshot(): Promise<Buffer>;
  close(): Promise<void>;
}

/** How a page ended what it was told to run. */
export type Outcome = { readonly value: string } | { readonly error: string };

/**
 * @param run gives the value of an expression whose promise resolves to an {@link Outcome} in JSON
 */
export function evaluator(run: (expression: string) => Promise<string>): TestPage['evaluate'] {
  return async (code: string | ((argument: never) => unknown), ...rest: unknown[]) => {
    const expression =
      typeof code === 'string' ? code : `(${code})(${rest.map((value) => JSON.stringify(value)).join()})`;
    const outcome: Outcome = JSON.parse(
      await run(`(async () => ${expression})().then(
        (value) => JSON.stringify({ value: JSON.stringify(value) ?? 'null' }),
        (error) => JSON.stringify({ error: String(error?.message ?? error) }),
      )`),
    );
    if ('error' in outcome) throw new Error(outcome.error);
    return JSON.parse(outcome.value);
  };
}
