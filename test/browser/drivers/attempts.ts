/**
 * What `action` gives. A browser with live sound on a machine that has much else to do may hang or crash: where
 * `action` has not come to an end within `seconds`, or has failed, `abandon` clears up and it begins anew; the
 * third time it is given up.
 */
export async function persistently<Result>(
  seconds: number,
  action: () => Promise<Result>,
  abandon: () => Promise<void>,
): Promise<Result> {
  const LATE = Symbol('late');
  for (let attempt = 1; ; attempt++) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<typeof LATE>((resolve) => {
      timer = setTimeout(() => resolve(LATE), seconds * 1000);
    });
    let failure: unknown = new Error(`nothing came within ${seconds} s`);
    // it may fail later than anybody waits for it
    const running = action().catch((error) => {
      failure = error;
      return LATE;
    });
    const outcome = await Promise.race([running, late]).finally(() => clearTimeout(timer));
    if (outcome !== LATE) return outcome as Result;
    await abandon();
    if (attempt === 3) throw failure;
  }
}
