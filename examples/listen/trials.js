/** The trials of a blind test, and what comes out of them. */

import { RECORDING } from './clips.js';

/** @typedef {import('./clips.js').Clip} Clip */
/** @typedef {{ clip: Clip, a: string, b: string }} Trial the versions behind A and B */
/** @typedef {'a' | 'b' | 'equal'} Choice */
/** @typedef {{ trial: Trial, choice: Choice, seconds: number }} Answer */
/**
 * @typedef {{ version: string, preferred: number, equal: number, trials: number }} Tally
 * @typedef {Tally & { recording: Tally }} Score `recording`: of the trials against the recording alone
 */

/**
 * Every two versions of every clip, in random order, on random sides.
 * @param {readonly Clip[]} clips @param {() => number} random 0 to 1
 * @returns {Trial[]}
 */
export function makeTrials(clips, random) {
  const trials = clips.flatMap((clip) => {
    const versions = [...clip.versions.keys()];
    return versions.flatMap((one, i) =>
      versions.slice(i + 1).map((other) => {
        const [a, b] = random() < 0.5 ? [one, other] : [other, one];
        return { clip, a, b };
      }),
    );
  });
  for (let i = trials.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [trials[i], trials[j]] = [trials[j], trials[i]];
  }
  return trials;
}

/**
 * How often each version was preferred, the most preferred first. "No difference" counts half.
 * @param {readonly Answer[]} answers
 * @returns {Score[]}
 */
export function scores(answers) {
  const versions = new Set(answers.flatMap(({ trial }) => [trial.a, trial.b]));
  return [...versions]
    .map((version) => {
      const own = answers.filter(({ trial }) => trial.a === version || trial.b === version);
      const against = own.filter(({ trial }) => [trial.a, trial.b].includes(RECORDING));
      return { ...tally(version, own), recording: tally(version, against) };
    })
    .sort((x, y) => share(y) - share(x));
}

/** @param {string} version @param {readonly Answer[]} answers @returns {Tally} */
function tally(version, answers) {
  return {
    version,
    preferred: answers.filter(({ trial, choice }) => choice !== 'equal' && trial[choice] === version).length,
    equal: answers.filter(({ choice }) => choice === 'equal').length,
    trials: answers.length,
  };
}

/** Of its trials, 0 to 1. @param {Tally} tally */
function share({ preferred, equal, trials }) {
  return (preferred + equal / 2) / trials;
}

/** One line a trial, in the order in which they were heard. @param {readonly Answer[]} answers */
export function toCsv(answers) {
  const rows = answers.map(({ trial: { clip, a, b }, choice, seconds }) => {
    const preferred = choice === 'equal' ? '' : choice === 'a' ? a : b;
    return [clip.title, a, b, choice, preferred, seconds.toFixed(1)];
  });
  return [['clip', 'a', 'b', 'choice', 'preferred', 'seconds'], ...rows]
    .map((row) => `${row.map(cell).join(',')}\r\n`)
    .join('');
}

/** Quoted where needed; a leading sign must not become a formula in a table. @param {string} text */
function cell(text) {
  const safe = /^[=+@-]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
