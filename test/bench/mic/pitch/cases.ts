/** What people whistle and growl; beginnings and ends; two notes; low and quick presets. */

import type { MicCase } from '../case';
import { presetsCase } from './presets';
import { realNotesCase } from './real-notes';
import { whistledCase } from './whistled';

export const pitchCases: readonly MicCase[] = [realNotesCase, whistledCase, presetsCase];
