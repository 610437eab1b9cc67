/** Clips, trials and answers of the listening page. */

import { describe, expect, it } from 'vitest';
import { findClips, RECORDING } from '../../examples/listen/clips.js';
import { makeTrials, scores, toCsv } from '../../examples/listen/trials.js';
import { randomiser } from '../support/kernels';

const files = (...paths: string[]) => paths.map((path) => ({ path, read: async () => new ArrayBuffer(0) }));

const export1 = files('1-a-note-original.wav', '1-a-note-reconstruction.wav', '1-a-note-direct-fit.wav');

describe('clips', () => {
  it('are a recording and its versions', () => {
    const [clip, ...others] = findClips([...export1, ...files('model.md', '2-b-reconstruction.wav')]);
    expect(others).toEqual([]);
    expect(clip.title).toBe('1-a-note');
    expect([...clip.versions.keys()]).toEqual([RECORDING, 'direct fit', 'reconstruction']);
  });

  it('of several exports are told apart by their folders', () => {
    const [clip] = findClips(
      files(
        'runs/a/1-x-original.wav',
        'runs/a/1-x-reconstruction.wav',
        'runs/b/1-x-original.wav',
        'runs/b/1-x-reconstruction.wav',
      ),
    );
    const versions = [...clip.versions.keys()];
    expect(versions).toEqual([RECORDING, 'reconstruction (runs/a)', 'reconstruction (runs/b)']);
  });

  it('are none without a recording, or without a version of it', () => {
    expect(findClips(files('1-a-reconstruction.wav', '2-b-original.wav'))).toEqual([]);
  });
});

describe('trials', () => {
  const clips = findClips([...export1, ...files('2-b-original.wav', '2-b-reconstruction.wav')]);

  it('are every pair of versions of every clip, once', () => {
    const trials = makeTrials(clips, randomiser(1));
    const pairs = trials.map(({ clip, a, b }) => `${clip.title}: ${[a, b].sort().join(', ')}`);
    expect(pairs.sort()).toEqual([
      '1-a-note: direct fit, reconstruction',
      '1-a-note: direct fit, recording',
      '1-a-note: reconstruction, recording',
      '2-b: reconstruction, recording',
    ]);
  });

  it('come in any order, and on any side', () => {
    const seen = new Set<string>();
    const firsts = new Set<string>();
    for (let seed = 0; seed < 40; seed++) {
      const [{ clip, a, b }] = makeTrials(clips, randomiser(seed));
      firsts.add(clip.title);
      seen.add(`${a}, ${b}`);
    }
    expect(firsts.size).toBe(2);
    expect(seen).toContain('recording, reconstruction');
    expect(seen).toContain('reconstruction, recording');
  });
});

describe('answers', () => {
  const [clip] = findClips(export1);
  const answers = [
    { trial: { clip, a: RECORDING, b: 'direct fit' }, choice: 'a', seconds: 3.25 },
    { trial: { clip, a: 'reconstruction', b: RECORDING }, choice: 'equal', seconds: 2 },
    { trial: { clip, a: 'reconstruction', b: 'direct fit' }, choice: 'b', seconds: 4 },
  ] as const;

  it('are counted by version, and against the recording', () => {
    expect(
      scores(answers).map(({ recording, ...tally }) => [
        ...Object.values(tally),
        recording.preferred,
        recording.trials,
      ]),
    ).toEqual([
      [RECORDING, 1, 1, 2, 1, 2],
      ['direct fit', 1, 0, 2, 0, 1],
      ['reconstruction', 0, 1, 2, 0, 1],
    ]);
    expect(scores([])).toEqual([]);
  });

  it('are a table for others to read, without formulas', () => {
    const [odd] = findClips(files('=1,"2"-original.wav', '=1,"2"-model.wav'));
    const last = { trial: { clip: odd, a: 'model', b: RECORDING }, choice: 'b', seconds: 1 } as const;
    expect(toCsv([answers[0], last])).toBe(
      'clip,a,b,choice,preferred,seconds\r\n' +
        '1-a-note,recording,direct fit,a,recording,3.3\r\n' +
        '"\'=1,""2""",model,recording,b,recording,1.0\r\n',
    );
  });
});
