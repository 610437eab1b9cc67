/** Configurations as YAML 1.2. */

import {
  Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import { shorten } from '../../model/fields';
import type { TrainConfig } from './config';
import { ConfigError } from './error';
import { explainKey } from './explain';
import { isRecord, type Path } from './keys';
import { ConfigLayer } from './layer';

/**
 * @param text YAML with any of the configuration's sections; empty text changes nothing
 * @param name of the file, for errors
 * @returns for `resolveConfig`, whose errors then name file and line
 * @throws ConfigError if the text is not YAML, or not a map of sections
 */
export function readConfigYaml(text: string, name: string): ConfigLayer {
  const { values, lineOf } = parseYaml(text, (line) => `${name}:${line}`);
  if (values !== null && !isRecord(values)) {
    const section = 'a section and its keys, such as "trainer: { steps: 2000 }"';
    throw new ConfigError(`${name}:${lineOf([])}: expected ${section}`);
  }
  return new ConfigLayer(values ?? {}, (path) => `${name}:${lineOf(path)}`);
}

/** Every key, with graphs of the most processors and lists of the most texts, is a tenth of these. */
const MOST_TOKENS = 50_000;
const MOST_CHARACTERS = 4_000_000;

/** Parsing takes far longer than reading tokens: text of any length is refused in a short time. */
function isTooLong(text: string): boolean {
  if (text.length > MOST_CHARACTERS) return true;
  let tokens = 0;
  for (const _ of new Lexer().lex(text)) if (++tokens > MOST_TOKENS) return true;
  return false;
}

/**
 * @param where the beginning of an error's message
 * @returns plain data, and `lineOf`: the line, counted from 1, where the last key of a path stands
 * @throws ConfigError if the text is not YAML, or has tags, several documents, keys that are not text, aliases that
 *   contain themselves, or far more text than any configuration
 */
export function parseYaml(
  text: string,
  where: (line: number) => string,
): { readonly values: unknown; lineOf(path: Path): number } {
  if (isTooLong(text)) {
    throw new ConfigError(`${where(1)}: this is much longer than any configuration`, {
      remedy: 'check that it is the right file',
    });
  }
  const lines = new LineCounter();
  // the parser compares each key with every other one of its map: `refuseRepeatedKeys` takes their place
  const options = { lineCounter: lines, prettyErrors: false, stringKeys: true, uniqueKeys: false };
  const document = parseDocument(text, options);
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const [problem] = [...document.errors, ...document.warnings];
  if (problem)
    throw new ConfigError(`${where(lineAt(problem.pos[0]))}: ${problem.message}`, { cause: problem });
  refuseRepeatedKeys(document, (key, offset) => {
    throw new ConfigError(`${where(lineAt(offset))}: ${key}: map keys must be unique`);
  });
  try {
    const values: unknown = document.toJS();
    JSON.stringify(values);
    return { values, lineOf: (path) => lineAt(offsetOf(document, path)) };
  } catch (cause) {
    const problem = 'an alias (*) leads nowhere, to far too much, or into itself';
    throw new ConfigError(`${where(1)}: ${problem}`, { cause });
  }
}

/** @param refuse is given the second of two equal keys of a map, and where it begins */
function refuseRepeatedKeys(document: Document, refuse: (key: string, offset: number) => never): void {
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (seen.has(name)) refuse(shorten(name), key.range?.[0] ?? 0);
        seen.add(name);
      }
    },
  });
}

/** The offset of the last key of a path, or of the last one that is there. */
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

/**
 * A whole configuration, as `readConfigYaml` reads it back.
 * @param comments says above each key what it means
 */
export function configYaml(config: TrainConfig, { comments = false } = {}): string {
  const document = new Document(config);
  visit(document, {
    Seq(_, list) {
      list.flow = list.items.every(isScalar);
    },
  });
  if (comments && isMap(document.contents)) comment(document.contents, []);
  return document.toString({ lineWidth: 110, flowCollectionPadding: false });
}

function comment({ items }: YAMLMap, path: Path): void {
  for (const { key, value } of items) {
    if (!isScalar(key)) continue;
    const at = [...path, String(key.value)];
    const text = explainKey(at);
    if (text) {
      const value = [text.unit, text.expected].filter((part) => part !== '').join(', ');
      const help = text.help.replace(/\[([^\]]+)\]\([^)]*\)/g, 'docs/$1').replaceAll('`', '');
      key.commentBefore = ` ${help} (${value})`;
    } else if (isMap(value)) comment(value, at);
  }
}
