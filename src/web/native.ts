/** DDSPNode in the browser's own contexts. */

import { type DDSPNodeClass, type DDSPNode as DDSPNodeType, ddspNodeClass } from './ddsp-node';
import * as failures from './failures';
import { loadWorklet } from './worklet-module';

/**
 * An AudioNode that plays a learned instrument; see {@link DDSPNodeClass.create}.
 *
 * @interface
 */
export type DDSPNode = DDSPNodeType;

export const DDSPNode: DDSPNodeClass = /* @__PURE__ */ ddspNodeClass({
  AudioWorkletNode: globalThis.AudioWorkletNode,
  checkContext,
  loadWorklet: (context, url) => loadWorklet(context, url, worklets),
});

const worklets = {
  addModule: (context: BaseAudioContext, url: string) => context.audioWorklet.addModule(url),
  notLoaded: failures.moduleNotLoaded,
};

/** By its tag, not by `instanceof`: a context of another frame is as good, a wrapper is not. */
function checkContext(context: BaseAudioContext): void {
  const tag = Object.prototype.toString.call(context);
  if (tag !== '[object AudioContext]' && tag !== '[object OfflineAudioContext]') {
    throw failures.notAContext(context);
  }
  if (context.state === 'closed') throw failures.closedContext();
  if (!context.audioWorklet || !globalThis.AudioWorkletNode) throw failures.noWorklet();
}
