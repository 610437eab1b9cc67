import { describe, expect, it } from 'vitest';
import { flavours, Guarded, newHeap, randomArray, randomiser } from '../support/kernels';

describe.each(flavours)('polyphase (%s)', (flavour) => {
  const heap = newHeap(flavour);
  const random = randomiser(3);

  it.each([
    [8, 1, 3, 0, 1, 0],
    [8, 5, 7, 2, 0, 3],
    [24, 100, 160, 159, 0, 147],
    [40, 33, 160, 7, 2, 121],
    [328, 9, 4, 3, 5, 1],
  ])(
    '%i taps, %i samples, %i phases from %i on, a step of %i and %i',
    (taps, count, phases, phase, whole, part) => {
      const guarded = new Guarded(heap);
      const length = Math.floor((phase + (count - 1) * (whole * phases + part)) / phases) + taps;
      const input = randomArray(length, random);
      const table = randomArray(phases * taps, random);
      const out = guarded.buffer(count, 1);
      // neither has to be aligned
      const inputAt = guarded.buffer(input, 3);
      const tableAt = guarded.buffer(table, 1);
      heap.kernels.polyphase(out, inputAt, tableAt, taps, count, phase, phases, whole, part);
      const result = guarded.read(out);
      for (let n = 0; n < count; n++) {
        const place = phase + n * (whole * phases + part);
        const [at, row] = [Math.floor(place / phases), place % phases];
        let sum = 0;
        for (let k = 0; k < taps; k++) sum += input[at + k] * table[row * taps + k];
        expect(result[n]).toBeCloseTo(sum, 4);
      }
      guarded.check();
    },
  );
});

it('resamples alike in both builds, to the last bit: the pitch tracker hears the result', () => {
  const [taps, phases, count] = [48, 160, 400];
  const [plain, relaxed] = flavours.map((flavour) => {
    const heap = newHeap(flavour);
    const random = randomiser(5);
    const input = heap.put(randomArray(count * 2 + taps, random));
    const table = heap.put(randomArray(phases * taps, random));
    const out = heap.alloc(count);
    heap.kernels.polyphase(out, input, table, taps, count, 0, phases, 0, 147);
    return heap.view(out, count).slice();
  });
  expect(relaxed).toEqual(plain);
});
