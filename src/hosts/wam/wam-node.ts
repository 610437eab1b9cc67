/** The plugin's node: sound goes through the DDSPNode, parameters and events through the SDK's manager. */

import type { WamEvent } from '@webaudiomodules/api';
import CompositeAudioNode from '@webaudiomodules/sdk-parammgr/src/CompositeAudioNode.js';
import { CONTROL_NAMES, type ControlName } from '../../controls';
import { type MatchingOptions, matching } from '../../play/matching/options';
import type { DDSPNode } from '../../web/ddsp-node';
import type { NoteEvent } from '../../web/heard';
import { modelSource, type PluginModel } from './instruments';
import type { ParamMgr } from './param-mgr';
import { checkState, type PluginState } from './state';

const NOTE_ON = 0x90;
const NOTE_OFF = 0x80;

export interface DDSPWamNodeOptions {
  readonly ddsp: DDSPNode;
  readonly manager: ParamMgr;
  /** the plugin's folder */
  readonly base: URL;
  readonly model: PluginModel;
  readonly matching: MatchingOptions;
}

export class DDSPWamNode extends CompositeAudioNode {
  readonly ddsp: DDSPNode;
  readonly #manager: ParamMgr;
  readonly #base: URL;
  #model: PluginModel;
  #second: PluginModel | null = null;
  #matching: MatchingOptions;
  /** plugins and outputs that hear its notes */
  readonly #listeners = new Set<string>();

  constructor(context: BaseAudioContext, { ddsp, manager, base, model, matching }: DDSPWamNodeOptions) {
    super(context);
    // before it has an output of its own, `connect` is the GainNode's
    this.connect(ddsp);
    this._output = ddsp;
    this._wamNode = manager;
    this.ddsp = ddsp;
    this.#manager = manager;
    this.#base = base;
    this.#model = model;
    this.#matching = matching;
    manager.takeEvents = (...events) => this.#take(events);
    manager.dispatchWamEvent = (event) => {
      manager.dispatchEvent(new CustomEvent(event.type, { detail: event }));
    };
  }

  /** The bundled instrument's name, or the player's file. */
  get model(): PluginModel {
    return this.#model;
  }

  /** @throws (rejects) when it cannot be loaded or played; the old one then plays on */
  async setModel(model: PluginModel): Promise<void> {
    await this.ddsp.setModel(modelSource(model, this.#base));
    this.#model = model;
  }

  /** What the control `morph` leads to; null: nothing. */
  get second(): PluginModel | null {
    return this.#second;
  }

  /** @throws (rejects) when it cannot be loaded or played with the first; the old one then stays */
  async setSecond(model: PluginModel | null): Promise<void> {
    await this.ddsp.setModel(model && modelSource(model, this.#base), { slot: 'b' });
    this.#second = model;
  }

  /** A control's parameter: the one that hosts automate. */
  control(name: ControlName): AudioParam {
    return this.#manager.getParam(name);
  }

  override async getState(): Promise<PluginState> {
    const controls = Object.fromEntries(CONTROL_NAMES.map((name) => [name, this.control(name).value]));
    const player = await this.ddsp.player;
    return { model: this.#model, second: this.#second, controls, matching: this.#matching, player };
  }

  /**
   * What is left out stays as it is.
   *
   * @throws (rejects with) OptionError for anything but a state: nothing has changed then; or what keeps a model from playing
   */
  override async setState(state: unknown): Promise<void> {
    const { model, second, controls = {}, matching: matched, player } = checkState(state);
    if (model !== undefined && !isSame(model, this.#model)) await this.setModel(model);
    if (second !== undefined && !isSame(second, this.#second)) await this.setSecond(second);
    for (const name of CONTROL_NAMES) {
      const value = controls[name];
      if (value !== undefined) this.control(name).value = value;
    }
    if (matched) {
      this.ddsp.setMatching(matched);
      this.#matching = matching(matched);
    }
    if (player !== undefined) this.ddsp.player = player;
  }

  /** Samples between the input and its output. */
  override async getCompensationDelay(): Promise<number> {
    return Math.round(this.ddsp.latency * this.context.sampleRate);
  }

  override scheduleEvents(...events: WamEvent[]): void {
    this.#take(events);
    this.#manager.call('queueEvents', ...events);
  }

  /** Also stops the notes that sound: their ends may have been among the events. */
  override clearEvents(): void {
    this.#manager.clearEvents();
    for (const name of CONTROL_NAMES) this.control(name).cancelScheduledValues(this.context.currentTime);
    this.ddsp.panic();
  }

  override connectEvents(toId: string, output = 0): void {
    this.#manager.connectEvents(toId, output);
    if (this.#listeners.size === 0) this.ddsp.addEventListener('note', this.#emit);
    this.#listeners.add(`${toId} ${output}`);
  }

  override disconnectEvents(toId?: string, output?: number): void {
    this.#manager.disconnectEvents(toId, output);
    for (const listener of this.#listeners) {
      const [id, to] = listener.split(/ (?=\d+$)/);
      const ends = (toId ?? id) === id && String(output ?? to) === to;
      if (ends) this.#listeners.delete(listener);
    }
    if (this.#listeners.size === 0) this.ddsp.removeEventListener('note', this.#emit);
  }

  override destroy(): void {
    this.disconnectEvents();
    this.disconnect();
    // it never answers: its processor closes the port first
    this.#manager.destroy();
    this.ddsp.dispose();
    // now the GainNode's again
    this._output = this;
    this.disconnect();
  }

  #take(events: readonly WamEvent[]): void {
    for (const event of events) {
      const time = event.time || undefined;
      switch (event.type) {
        case 'wam-automation':
          this.#automate(event.data.id, event.data.value, event.data.normalized, time);
          break;
        case 'wam-midi':
        case 'wam-mpe':
          this.ddsp.midi(event.data.bytes, time);
          break;
        default:
          // system exclusive, OSC, the transport: nothing that it plays by
          break;
      }
    }
  }

  #automate(id: string, value: number, normalized: boolean, time = this.context.currentTime): void {
    const name = CONTROL_NAMES.find((each) => each === id);
    if (!name || !Number.isFinite(value)) return;
    const parameter = this.control(name);
    const { minValue, maxValue } = parameter;
    parameter.setValueAtTime(normalized ? minValue + value * (maxValue - minValue) : value, time);
  }

  readonly #emit = ({ detail }: CustomEvent<NoteEvent>): void => {
    const status = detail.type === 'on' ? NOTE_ON : NOTE_OFF;
    const bytes: [number, number, number] = [status, detail.note, Math.round(detail.velocity)];
    this.#manager.emitEvents({ type: 'wam-midi', data: { bytes } });
  };
}

function isSame(a: PluginModel | null, b: PluginModel | null): boolean {
  if (!a || !b || typeof a === 'string' || typeof b === 'string') return a === b;
  return a.name === b.name && a.data === b.data;
}
