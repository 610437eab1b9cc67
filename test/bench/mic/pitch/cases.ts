/** What people whistle and growl; beginnings and ends; two notes; low and quick presets. */

import type { MicCase } from '../case';
import { heldCase } from './held';
import { presetsCase } from './presets';
import { realNotesCase } from './real-notes';
import { tailsCase } from './tails';
import { whistledCase } from './whistled';

export const pitchCases: readonly MicCase[] = [realNotesCase, whistledCase, heldCase, presetsCase, tailsCase];
