/** Dynamics, hum, background and the gate. */

import type { MicCase } from '../case';

export const dynamicsCases: readonly MicCase[] = [];
