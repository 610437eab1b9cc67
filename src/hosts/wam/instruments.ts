/** The instruments that come with the plugin, and those that a player brings. */

import { DdspError, OptionError } from '../../errors';
import { checkKeys, show } from '../../options';

/** By name; the files lie beside the plugin. */
export const BUNDLED = ['violin', 'saxophone', 'cello'] as const;

/** A model file that is kept in the state. */
export interface OwnModel {
  readonly name: string;
  /** the file, in base64 */
  readonly data: string;
}

/** The name of a bundled instrument, or a file. */
export type PluginModel = string | OwnModel;

/** What `DDSPNode` takes. @param base the plugin's folder */
export function modelSource(model: PluginModel, base: URL): URL | Uint8Array<ArrayBuffer> {
  return typeof model === 'string' ? new URL(`models/${model}.safetensors`, base) : decode(model);
}

export async function ownModel(file: File): Promise<OwnModel> {
  return { name: file.name, data: encode(new Uint8Array(await file.arrayBuffer())) };
}

/** @param path where it stands @throws OptionError for anything but a model */
export function checkModel(path: string, model: unknown): PluginModel {
  if (typeof model === 'string') {
    if ((BUNDLED as readonly string[]).includes(model)) return model;
    throw new OptionError(path, `expected one of ${BUNDLED.join(', ')}, found ${show(model)}`);
  }
  checkKeys(path, model, ['name', 'data']);
  const { name, data } = model as Partial<OwnModel>;
  if (typeof name !== 'string') throw new OptionError(`${path}.name`, `expected a name, found ${show(name)}`);
  if (typeof data !== 'string') throw new OptionError(`${path}.data`, `expected base64, found ${show(data)}`);
  return { name, data };
}

function encode(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function decode({ name, data }: OwnModel): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  } catch (cause) {
    throw new DdspError('option', `the data of the model ${show(name)} is not base64`, { cause });
  }
}
