/** The field `articulation` of a model file. */

import * as v from 'valibot';
import { between } from './fields';

const LONGEST_CURVE = 200;
const MOST_ATTACKS = 16;

function curve(low: number, high: number) {
  const expected = `a list of 1 to ${LONGEST_CURVE} numbers`;
  return v.pipe(
    v.array(between(low, high), expected),
    v.minLength(1, expected),
    v.maxLength(LONGEST_CURVE, expected),
  );
}

const ATTACKS = `a list of 1 to ${MOST_ATTACKS} attacks`;

export const articulationSchema = v.strictObject({
  step: between(0.001, 0.1),
  attacks: v.pipe(
    v.array(
      v.strictObject({ loudness: between(-80, 200), level: curve(-100, 20), pitch: curve(-1200, 1200) }),
      ATTACKS,
    ),
    v.minLength(1, ATTACKS),
    v.maxLength(MOST_ATTACKS, ATTACKS),
  ),
  release: curve(-200, 20),
  legato: v.strictObject({ glide: between(0, 1), dip: between(0, 60) }),
  vibrato: v.strictObject({
    rate: between(0.1, 20),
    rateDeviation: between(0, 10),
    depth: between(0, 200),
    depthDeviation: between(0, 200),
    delay: between(0, 5),
  }),
});
