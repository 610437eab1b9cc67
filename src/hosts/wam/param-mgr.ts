/** The SDK's parameter manager, with events that are handed over when they come, not when they are due. */

import type { WamEvent, WamNode, WebAudioModule } from '@webaudiomodules/api';
import addFunctionModule from '@webaudiomodules/sdk/src/addFunctionModule.js';
import ParamMgrFactory from '@webaudiomodules/sdk-parammgr/src/ParamMgrFactory.js';
import { CONTROL_NAMES, CONTROLS, type ControlName } from '../../controls';
import type { DDSPNode } from '../../web/ddsp-node';

/** What is used of the SDK's `ParamMgrNode`. */
export interface ParamMgr extends WamNode {
  getParam(name: ControlName): AudioParam;
  emitEvents(...events: WamEvent[]): void;
  call(name: 'queueEvents', ...events: WamEvent[]): Promise<void>;
  /** called by its processor with events that other plugins sent */
  takeEvents(...events: WamEvent[]): void;
  /** called by its processor when an event is due */
  dispatchWamEvent(event: WamEvent): void;
}

interface ParamMgrProcessor {
  supportSharedArrayBuffer: boolean;
  scheduleEvents(...events: unknown[]): void;
  queueEvents(...events: unknown[]): void;
  call(name: string, ...args: unknown[]): Promise<unknown>;
}

/** Makes a parameter of every control, which moves the node's. */
export async function createParamMgr(module: WebAudioModule, node: DDSPNode): Promise<ParamMgr> {
  const parameters = CONTROL_NAMES.map((name) => {
    const { unit: units, minimum: minValue, maximum: maxValue, default: defaultValue } = CONTROLS[name];
    return [
      name,
      { label: label(name), type: 'float' as const, units, minValue, maxValue, defaultValue },
    ] as const;
  });
  const manager = (await ParamMgrFactory.create(module, {
    paramsConfig: Object.fromEntries(parameters),
    internalParamsConfig: Object.fromEntries(CONTROL_NAMES.map((name) => [name, node[name]])),
  })) as unknown as ParamMgr;
  const { audioWorklet } = module.audioContext;
  await addFunctionModule(audioWorklet, forwardEvents, module.moduleId, module.instanceId);
  return manager;
}

/** `pitchShift` becomes `Pitch shift`. */
export function label(name: ControlName): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words[0].toUpperCase() + words.slice(1);
}

/**
 * Runs on the audio thread, as text: nothing of this module is there. An event that another plugin sends goes to the
 * page at once, so that it takes effect at its very time; the SDK's own queue only tells listeners of it.
 */
function forwardEvents(moduleId: string, instanceId: string): void {
  const { webAudioModules } = globalThis as unknown as {
    webAudioModules: {
      getModuleScope(id: string): { paramMgrProcessors: Record<string, ParamMgrProcessor> };
    };
  };
  const processor = webAudioModules.getModuleScope(moduleId).paramMgrProcessors[instanceId];
  // without shared memory it would post the values of all parameters in every quantum, which nobody reads
  processor.supportSharedArrayBuffer = true;
  processor.queueEvents = processor.scheduleEvents;
  processor.scheduleEvents = (...events) => {
    processor.queueEvents(...events);
    processor.call('takeEvents', ...events);
  };
}
