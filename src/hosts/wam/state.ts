/** What a host saves of the plugin, as JSON has it. */

import { CONTROL_NAMES, type ControlOptions, controlState } from '../../controls';
import { checkKeys } from '../../options';
import { type MatchingOptions, matching } from '../../play/matching/options';
import { checkPlayerData, type PlayerData } from '../../play/matching/player-data';
import { checkModel, type PluginModel } from './instruments';

/** What is left out stays as it is. */
export interface PluginState {
  readonly model?: PluginModel;
  /** what the control `morph` leads to; null: nothing */
  readonly second?: PluginModel | null;
  /** value by name of the control */
  readonly controls?: ControlOptions;
  readonly matching?: MatchingOptions;
  /** what is known of the player; null: nothing */
  readonly player?: PlayerData | null;
}

const KEYS = ['model', 'second', 'controls', 'matching', 'player'];

/** @throws OptionError that names the field, for anything but a state */
export function checkState(state: unknown): PluginState {
  checkKeys('state', state, KEYS);
  const { model, second, controls = {}, matching: matched, player } = state as PluginState;
  if (model !== undefined) checkModel('state.model', model);
  if (second) checkModel('state.second', second);
  checkKeys('state.controls', controls, CONTROL_NAMES);
  controlState(controls);
  if (matched !== undefined) matching(matched);
  if (player) checkPlayerData(player);
  return state as PluginState;
}
