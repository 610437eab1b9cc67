/** What is trained is what is heard: the trainer's forward pass and the streaming engine give the same sound. */

import { describe, it } from 'vitest';
import { graphs } from '../support/graphs';
import { expectHeardAsTrained } from '../support/heard';
import { configOf, randomModel, randomModelOf, smallShape } from '../support/models';

describe('the trainer reconstructs what the engine plays', () => {
  it.each([
    { ...smallShape, frameRate: 100 },
    { ...smallShape, frameRate: 50, hidden: 33, bands: 40, irLength: 4799 },
    { ...smallShape, frameRate: 200, harmonics: 61, irLength: null },
  ])('%o', (shape) => expectHeardAsTrained(randomModel(9, shape)));

  it.each(Object.entries(graphs))('every processor: %s', (_, synth) =>
    expectHeardAsTrained(randomModelOf({ ...configOf(smallShape), synth }, 9)),
  );
});
