/**
 * What `action` gives. A browser with live sound on a machine that has much else to do may hang: where `action` has
 * not come to an end within `seconds`, `abandon` clears up and it begins anew; the third time it is given up.
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
    const running = action();
    // it may fail later than anybody waits for it
    running.catch(() => {});
    const outcome = await Promise.race([running, late]).finally(() => clearTimeout(timer));
    if (outcome !== LATE) return outcome as Result;
    await abandon();
    if (attempt === 3) throw new Error(`nothing came within ${seconds} s, three times`);
  }
}
