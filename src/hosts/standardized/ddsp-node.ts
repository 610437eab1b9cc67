/** DDSPNode in the contexts of standardized-audio-context. */

import {
  AudioWorkletNode,
  addAudioWorkletModule,
  type IAudioParam,
  type IAudioWorkletNode,
  isAnyAudioContext,
  isAnyOfflineAudioContext,
  type TContext,
} from 'standardized-audio-context';
import {
  type ControlParams,
  type DDSPNodeOptions,
  ddspNodeClass,
  type Host,
  type InstrumentEventMap,
  type InstrumentNode,
} from '../../web/ddsp-node';
import { closedContext, noWorklet } from '../../web/failures';
import { loadWorklet } from '../../web/worklet-module';
import { foreignContext, notLoaded } from './failures';

export interface DDSPNodeEventMap extends InstrumentEventMap {
  processorerror: ErrorEvent;
}

type NodeListener<Node, Type extends keyof DDSPNodeEventMap> = (
  this: Node,
  event: DDSPNodeEventMap[Type],
) => void;

/**
 * The same as `DDSPNode` of `ddsp-worklet`, as an `IAudioWorkletNode`: it connects to and from the nodes and
 * parameters of its context. One input, mono or stereo (averaged), one mono output.
 */
export interface DDSPNode<Context extends TContext = TContext>
  extends IAudioWorkletNode<Context>,
    ControlParams<IAudioParam>,
    InstrumentNode {
  addEventListener<Type extends keyof DDSPNodeEventMap>(
    type: Type,
    listener: NodeListener<this, Type>,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: null | EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Type extends keyof DDSPNodeEventMap>(
    type: Type,
    listener: NodeListener<this, Type>,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: null | EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

export interface DDSPNodeClass {
  readonly prototype: DDSPNode;
  /**
   * Loads the model and the worklet, and resolves when the processor can play.
   *
   * @param context of standardized-audio-context, live or offline, not closed
   * @throws (rejects with) a DdspError that says why and what to do; nothing is left behind then
   */
  create<Context extends TContext>(context: Context, options: DDSPNodeOptions): Promise<DDSPNode<Context>>;
}

/** An IAudioNode that plays a learned instrument; see {@link DDSPNodeClass.create}. */
export const DDSPNode = /* @__PURE__ */ ddspNodeClass({
  // a class of the same shape, whose types are others
  AudioWorkletNode: AudioWorkletNode as unknown as Host['AudioWorkletNode'],
  checkContext,
  loadWorklet: (context, url) => loadWorklet(context, url, worklets),
}) as unknown as DDSPNodeClass;

const worklets = {
  addModule: (context: unknown, url: string) => addAudioWorkletModule!(context as TContext, url),
  notLoaded,
};

/** A native context is not one: this library's nodes cannot be made in it. */
function checkContext(context: unknown): void {
  const isNative = globalThis.BaseAudioContext && context instanceof BaseAudioContext;
  if (isNative || !(isAnyAudioContext(context) || isAnyOfflineAudioContext(context))) {
    throw foreignContext(context);
  }
  if ((context as TContext).state === 'closed') throw closedContext();
  if (!addAudioWorkletModule || !AudioWorkletNode) throw noWorklet();
}
