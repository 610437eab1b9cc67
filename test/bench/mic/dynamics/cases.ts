/** Dynamics, hum, background and the gate. */

import type { MicCase } from '../case';
import { backgroundCases } from './background';
import { levelCases } from './levels';

export const dynamicsCases: readonly MicCase[] = [...levelCases, ...backgroundCases];
