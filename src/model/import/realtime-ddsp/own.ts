/** What `ddsp export` of this library adds to a checkpoint: the fields that realtimeDDSP has no place for. */

import type { About, AnalysisConfig, Model, Statistics } from '../../model';
import type { Value } from '../../torch/values';
import { isPercentiles } from '../options';

export type Own = Pick<Model, 'analysis' | 'statistics' | 'about'>;

/** @returns undefined where there is nothing, or where something in it is wrong */
export function readOwn(value: Value | undefined): Own | undefined {
  if (typeof value !== 'string') return undefined;
  let found: unknown;
  try {
    found = JSON.parse(value);
  } catch {
    return undefined;
  }
  const { analysis, statistics, about } = fields(found);
  if (!isAnalysis(analysis) || !isStatistics(statistics) || !isAbout(about)) return undefined;
  return { analysis, statistics, about };
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function isAnalysis(value: unknown): value is AnalysisConfig {
  const { dip, ...numbers } = fields(value);
  const names = Object.keys(numbers);
  return (
    names.sort().join() === 'pitchMax,pitchMin,threshold,window' &&
    Object.values(numbers).every((number) => Number.isFinite(number)) &&
    (dip === undefined || dip === 'first' || dip === 'clear')
  );
}

function isStatistics(value: unknown): value is Statistics {
  const { f0, loudness } = fields(value);
  return isPercentiles(f0, 1, 96_000) && isPercentiles(loudness, -80, 200);
}

const ABOUT_TEXTS = ['name', 'description', 'licence'];
const ABOUT_LISTS = ['authors', 'credits', 'trainedOn'];

function isAbout(value: unknown): value is About {
  const isText = (text: unknown) => typeof text === 'string' && text.length <= 20_000;
  const entries = Object.entries(fields(value));
  return (
    entries.some(([name, text]) => name === 'name' && text !== '') &&
    entries.every(([name, entry]) =>
      ABOUT_LISTS.includes(name)
        ? Array.isArray(entry) && entry.length <= 100 && entry.every(isText)
        : ABOUT_TEXTS.includes(name) && isText(entry),
    )
  );
}
