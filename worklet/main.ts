/**
 * The worklet's file. An audio thread gets the processor from it. A page runs it too, and gets what reads models and
 * prepares instruments: the processor is made of the same parts, so the page's bundle has them once.
 *
 * It has no exports, because standardized-audio-context puts the file into a function.
 */

import { readModel } from '../src/model/file';
import { instrumentFor } from '../src/play/prepare';
import { PREPARATION, PROCESSOR_NAME, PROTOCOL_VERSION, type PreparationScope } from '../src/web/protocol';
import { DDSPProcessor } from './processor';

if (typeof AudioWorkletProcessor === 'undefined') {
  (globalThis as PreparationScope)[PREPARATION] = { version: PROTOCOL_VERSION, readModel, instrumentFor };
} else {
  registerProcessor(PROCESSOR_NAME, DDSPProcessor);
}
