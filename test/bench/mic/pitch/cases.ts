/** What people whistle and growl; beginnings and ends; two notes; low and quick presets. */

import type { MicCase } from '../case';
import { realNotesCase } from './real-notes';
import { whistledCase } from './whistled';

export const pitchCases: readonly MicCase[] = [realNotesCase, whistledCase];
