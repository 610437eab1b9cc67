/** Configurations as YAML 1.2. */

import {
  Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import type { TrainConfig } from './config';
import { ConfigError } from './error';
import { isRecord, type Path } from './keys';
import { ConfigLayer } from './layer';

/**
 * @param text YAML with any of the configuration's sections; empty text changes nothing
 * @param name of the file, for errors
 * @returns what `resolveConfig` lays over the defaults; its errors then name file and line
 * @throws ConfigError for text that is no YAML, or no map of sections
 */
export function readConfigYaml(text: string, name: string): ConfigLayer {
  const { values, lineOf } = parseYaml(text, (line) => `${name}:${line}`);
  if (values !== null && !isRecord(values)) {
    const section = 'a section and its keys, such as "trainer: { steps: 2000 }"';
    throw new ConfigError(`${name}:${lineOf([])}: expected ${section}`);
  }
  return new ConfigLayer(values ?? {}, (path) => `${name}:${lineOf(path)}`);
}

/**
 * @param where what an error begins with
 * @returns plain data, and the line (from 1) where the last step of a path that is there begins
 * @throws ConfigError for text that is no YAML, or none of this kind: tags, several documents, keys that are not
 *   text, what contains itself
 */
export function parseYaml(
  text: string,
  where: (line: number) => string,
): { readonly values: unknown; lineOf(path: Path): number } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const [problem] = [...document.errors, ...document.warnings];
  if (problem)
    throw new ConfigError(`${where(lineAt(problem.pos[0]))}: ${problem.message}`, { cause: problem });
  try {
    const values: unknown = document.toJS();
    JSON.stringify(values);
    return { values, lineOf: (path) => lineAt(offsetOf(document, path)) };
  } catch (cause) {
    const remedy = 'an alias (*) leads nowhere, to far too much, or into itself';
    throw new ConfigError(`${where(1)}: ${remedy}`, { cause });
  }
}

/** Where the last step of a path that is there begins. */
function offsetOf(document: Document, path: Path): number {
  let node: Node | null | undefined = document.contents as Node | null;
  let offset = node?.range?.[0] ?? 0;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (!pair) break;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value as Node | null;
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step] as Node | undefined;
      offset = node?.range?.[0] ?? offset;
    } else break;
  }
  return offset;
}

/** A whole configuration, as `readConfigYaml` reads it back. */
export function configYaml(config: TrainConfig): string {
  const document = new Document(config);
  visit(document, {
    Seq(_, list) {
      list.flow = list.items.every(isScalar);
    },
  });
  return document.toString({ lineWidth: 110, flowCollectionPadding: false });
}
