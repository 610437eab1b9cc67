/** The Web Audio Module: `dist/wam/index.js`, which hosts load by its address. */

import type { WamDescriptor, WamNode } from '@webaudiomodules/api';
import WebAudioModule from '@webaudiomodules/sdk/src/WebAudioModule.js';
import { matching } from '../../play/matching/options';
import { VERSION } from '../../version';
import { DDSPNode } from '../../web/native';
import descriptor from './descriptor.json';
import { BUNDLED, modelSource } from './instruments';
import { createParamMgr } from './param-mgr';
import { checkState } from './state';
import { DDSPWamNode } from './wam-node';

/** the plugin's folder */
const BASE = new URL('.', import.meta.url);
/** notes that may sound at a time */
const VOICES = 8;

export default class DDSPPlugin extends WebAudioModule<DDSPWamNode & WamNode> {
  override get descriptor(): WamDescriptor {
    return { ...descriptor, version: VERSION };
  }

  /** @param state what `getState` of its node gave */
  override async initialize(state: unknown): Promise<this> {
    this.audioNode = (await this.createAudioNode(state ?? {})) as DDSPWamNode & WamNode;
    this.initialized = true;
    return this;
  }

  /** @throws (rejects with) a DdspError for a state that is none; nothing is left behind then */
  override async createAudioNode(state: unknown = {}): Promise<WamNode> {
    const { model = BUNDLED[0], second, matching: matched = {}, player, controls } = checkState(state);
    const ddsp = await DDSPNode.create(this.audioContext, {
      model: modelSource(model, BASE),
      voices: VOICES,
      matching: matched,
      ...(player ? { player } : {}),
    });
    try {
      const manager = await createParamMgr(this, ddsp);
      const settings = { ddsp, manager, base: BASE, model, matching: matching(matched) };
      const node = new DDSPWamNode(this.audioContext, settings);
      await node.setState({ second, controls });
      return node as unknown as WamNode;
    } catch (error) {
      ddsp.dispose();
      throw error;
    }
  }

  override async createGui(): Promise<HTMLElement> {
    const { createElement } = await import('./gui/element');
    return createElement(this.audioNode);
  }

  override destroyGui(gui: Element): void {
    gui.remove();
  }
}
