import { expect, it } from 'vitest';
import { ListenerCount } from '../../src/web/listener-count';

/** An event target beside its count: the count must say what the target does. */
class Watched extends EventTarget {
  listened = false;
  readonly #count = new ListenerCount(
    () => {
      this.listened = true;
    },
    () => {
      this.listened = false;
    },
  );

  override addEventListener(...args: Parameters<EventTarget['addEventListener']>): void {
    super.addEventListener(...args);
    this.#count.add(args[1], args[2]);
  }

  override removeEventListener(...args: Parameters<EventTarget['removeEventListener']>): void {
    super.removeEventListener(...args);
    this.#count.remove(args[1], args[2]);
  }

  fire(): void {
    this.dispatchEvent(new Event('x'));
    this.#count.dispatched();
  }
}

const one = () => {};
const two = () => {};

it('counts a listener once, and by its capture flag', () => {
  const target = new Watched();
  target.addEventListener('x', one);
  target.addEventListener('x', one);
  target.addEventListener('x', one, true);
  target.removeEventListener('x', two);
  target.removeEventListener('x', one);
  expect(target.listened).toBe(true);
  target.removeEventListener('x', one, { capture: true });
  expect(target.listened).toBe(false);
});

it('forgets listeners for one event after it', () => {
  const target = new Watched();
  target.addEventListener('x', one, { once: true });
  expect(target.listened).toBe(true);
  target.fire();
  expect(target.listened).toBe(false);
  target.addEventListener('x', two);
  target.addEventListener('x', one, { once: true });
  target.fire();
  expect(target.listened).toBe(true);
});

it('forgets listeners whose signal aborts', () => {
  const target = new Watched();
  const abort = new AbortController();
  target.addEventListener('x', one, { signal: abort.signal });
  expect(target.listened).toBe(true);
  abort.abort();
  expect(target.listened).toBe(false);
  target.addEventListener('x', two, { signal: abort.signal });
  expect(target.listened).toBe(false);
});
