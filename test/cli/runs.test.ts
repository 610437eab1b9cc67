import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AS_RECORDED } from '../../src/analysis/listening';
import { decodeAudio } from '../../src/audio/decode';
import { writeWav } from '../../src/audio/wav';
import { readModel } from '../../src/model/file';
import { UNMATCHED } from '../../src/play/matching/options';
import { renderOffline } from '../../src/play/render';
import { readConfigYaml, resolveConfig } from '../../src/train/config';
import { checkpointModel, checkpointSummary } from '../../src/train/learn/checkpoint';
import { sealCheckpoint } from '../../src/train/learn/checkpoint-seal';
import { readLines } from '../../src/train/run/metrics-log';
import { keepUpTo } from '../../src/train/run/tensorboard/events';
import { randomiser } from '../support/kernels';
import { phrase } from '../support/models';
import { parseEvents } from '../train/run/event-reader';
import { type RunOptions, SMALL, Workplace } from './ddsp';

let place: Workplace;
const at = (...parts: string[]) => place.at(...parts);
const ddsp = (args: readonly string[], options?: RunOptions) => place.ddsp(args, options);
const fresh = (out: string) => ['train', '--data', at(), '--out', at(out), '--workers', '1', ...SMALL];
const resume = (run: string) => ['train', '--resume', at(run)];
const files = async (run: string) => (await readdir(at(run))).sort();
const text = (...parts: string[]) => readFile(at(...parts), 'utf8');
const step = async (run: string, name = 'last.ckpt') => checkpointSummary(await readFile(at(run, name))).step;

const WHOLE = [
  ...['best.ckpt', 'config.yaml', 'last.ckpt', 'metrics.jsonl', 'model.safetensors'],
  ...['report.html', 'run.json', 'samples', 'tensorboard'],
];

beforeAll(async () => {
  place = await Workplace.create('runs');
});
afterAll(() => place.remove());

function difference(one: Float32Array, other: Float32Array): number {
  return one.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i])), 0);
}

/** That every file of a run can be read, and steps and validations follow each other without a gap. */
async function expectSound(run: string, { torn = false } = {}): Promise<number> {
  const config = resolveConfig(readConfigYaml(await text(run, 'config.yaml'), 'config.yaml'));
  expect(JSON.parse(await text(run, 'run.json')).data).toBe(at());
  const there = await files(run);
  for (const name of there.filter((file) => file.endsWith('.ckpt'))) {
    checkpointModel(await readFile(at(run, name)));
  }
  if (there.includes('model.safetensors')) readModel(await readFile(at(run, 'model.safetensors')));
  if (there.includes('report.html')) expect(await text(run, 'report.html')).toMatch(/<\/html>\n$/);
  const metrics = await text(run, 'metrics.jsonl').catch(() => '');
  const lines = readLines(metrics);
  // only what was being added to may lack its end, and only until the run goes on
  expect(metrics.trimEnd().split('\n').length - lines.length).toBeLessThanOrEqual(torn ? 1 : 0);
  const steps = lines.filter(({ type }) => type === 'step').map((line) => line.step);
  expect(steps).toEqual(steps.map((_, i) => i + 1));
  const validations = lines.filter(({ type }) => type === 'validation').map((line) => line.step);
  expect(validations).toEqual(validations.map((_, i) => i * config.trainer.validateEvery));
  const logged: number[] = [];
  for (const name of there.includes('tensorboard') ? await files(`${run}/tensorboard`) : []) {
    const bytes = await readFile(at(run, 'tensorboard', name));
    const whole = torn ? keepUpTo(bytes, Number.POSITIVE_INFINITY) : bytes;
    for (const event of parseEvents(whole)) if ('loss/training' in event.scalars) logged.push(event.step);
  }
  expect(logged).toEqual(logged.map((_, i) => i + 1));
  return steps.length;
}

describe('a run', () => {
  it('is interrupted, goes on, is exported, and plays what was learned', async () => {
    await writeFile(at('long.yaml'), 'trainer:\n  steps: 100000\n  validateEvery: 3\n');
    const stopped = await ddsp([...fresh('run'), '--config', at('long.yaml')], { interruptAt: 'step 3\n' });
    expect(stopped.code).toBe(130);
    expect(stopped.err).toMatch(/refused letter.wav: it is text/);
    expect(stopped.err).toMatch(/1 recording, 8 s: 8 slices kept/);
    expect(stopped.err).toMatch(/articulation: too few notes .*: notes are played with plain curves/);
    expect(stopped.err).toMatch(/report: file:\/\/.*run\/report.html\n/);
    expect(stopped.err).toMatch(/left, loss [\d.]+, held-out [\d.]+ dB, best [\d.]+ dB, step 3\n/);
    const [, told, command] =
      stopped.err.match(/at step (\d+); everything is saved; resume with: (.*)\n$/) ?? [];
    expect(command).toBe(`ddsp train --resume ${at('run')}`);
    expect(await files('run')).toEqual(WHOLE);
    expect(await step('run')).toBe(Number(told));
    await expectSound('run');
    expect(await text('run', 'report.html')).toContain('"state":"stopped"');

    const again = await ddsp(fresh('run'));
    expect(again.code).toBe(1);
    expect(again.err).toMatch(
      /run already contains config.yaml, .* resume it with ddsp train --resume .*run, or choose another --out/,
    );
    const other = await ddsp([...resume('run'), 'model.decoder.hidden=9']);
    expect(other.code).toBe(1);
    expect(other.err).toMatch(/last.ckpt: the checkpoint's decoder is .*start a new run/);

    const wanted = Number(told) + 4 - ((Number(told) + 4) % 3);
    const resumed = await ddsp([...resume('run'), `trainer.steps=${wanted}`]);
    expect(resumed.err).toMatch(/step \d+: all steps are done; best: step \d+, held-out log-spectral/);
    expect(resumed.err).toMatch(/model.safetensors is ready/);
    expect(resumed.code).toBe(0);
    expect(await expectSound('run')).toBe(wanted);
    expect(await files('run')).toEqual(WHOLE);

    // the run lies among the recordings: what is in it is none
    expect(resumed.err).toMatch(/1 recording, 8 s: 8 slices kept/);

    const described = ['model.about.licence=CC BY 4.0', 'model.about.description=A | glide.'];
    const exported = await ddsp(['export', at('run'), ...described]);
    expect([exported.code, exported.err]).toEqual([
      0,
      expect.stringMatching(/held-out recordings with their/),
    ]);
    const [original] = await files('run/samples');
    const names = ['original', 'reconstruction'].map((kind) => original.replace('.wav', `-${kind}.wav`));
    expect(await files('run/export')).toEqual([...names, 'model.md', 'model.safetensors'].sort());
    const card = await text('run/export/model.md');
    expect(card).toMatch(/^# run\n\nA \| glide\.\n/);
    expect(card).toMatch(
      /\| Licence \| CC BY 4.0 \|\n\| Learned from \| ddsp-runs-\w+: 1 recordings, 0.1 min \|/,
    );
    expect(card).toMatch(/\| harmonic error \| [\d.]+ \|/);
    expect(card).toMatch(/\| pitch missed \| [\d.]+ % \|/);
    expect(card).toMatch(/\| log-spectral distance \| [\d.]+ dB \|/);
    expect(card).toContain(`[${names[0]}](${names[0]}) | [${names[1]}](${names[1]})`);
    const sounds: Float32Array[] = [];
    for (const name of names) {
      const { channels, sampleRate } = await decodeAudio(await readFile(at('run/export', name)), name);
      expect([sampleRate, channels[0].length > 0]).toEqual([16_000, true]);
      sounds.push(channels[0]);
    }
    // in the recording's own register, at its own level
    const model = readModel(await readFile(at('run/export/model.safetensors')));
    expect(
      difference(
        sounds[1],
        await renderOffline(model, sounds[0], { listening: AS_RECORDED, matching: UNMATCHED }),
      ),
    ).toBeLessThan(1e-4);
    const { tensors, ...metadata } = model;
    expect(metadata.about).toMatchObject({ name: 'run', authors: ['Ann', 'Bo'], licence: 'CC BY 4.0' });
    const refused = await ddsp(['export', at('run'), 'trainer.steps=9']);
    expect([refused.code, refused.err]).toEqual([
      2,
      expect.stringMatching(/only model.about can be changed/),
    ]);

    const info = await ddsp(['info', at('run/export/model.safetensors')]);
    expect([info.code, info.err]).toEqual([0, '']);
    const report = JSON.parse(info.out);
    expect(report).toMatchObject(metadata);
    expect(report.tensors['estimator.gru.weight_hh_l0']).toEqual([24, 8]);
    expect(report.latencySeconds).toBeCloseTo((512 + 160) / 16_000);
    expect(Object.keys(tensors)).toEqual(Object.keys(report.tensors));

    const args = ['render', '--model', at('run/export/model.safetensors'), at('glide.wav'), at('out.wav')];
    const rendered = await ddsp([...args, '--pitch-shift', '-12', '--float']);
    expect(rendered.code).toBe(0);
    const { channels, sampleRate } = await decodeAudio(await readFile(at('out.wav')), 'out.wav');
    expect([channels[0].length, sampleRate]).toEqual([128_000, 16_000]);
    expect(channels[0].some((value) => value !== 0)).toBe(true);

    await ddsp([...args, '--register', '1', '--level', '12', '--float']);
    const matched = await decodeAudio(await readFile(at('out.wav')), 'out.wav');
    const glide = await decodeAudio(await readFile(at('glide.wav')), 'glide.wav');
    const options = { matching: { register: 1, level: 12 } };
    const expected = await renderOffline(model, glide.channels[0], options);
    expect(difference(matched.channels[0], expected)).toBeLessThan(1e-6);
    expect(difference(matched.channels[0], await renderOffline(model, glide.channels[0]))).toBeGreaterThan(
      1e-3,
    );
    await rm(at('out.wav'));
  }, 120_000);

  it('begins with the weights of another, of the same graph', async () => {
    const from = ['--from', at('run')];
    const short = ['trainer.steps=1', 'trainer.validateEvery=1', 'optimizer.learningRate=1e-9'];
    const { err, code } = await ddsp([...fresh('heir'), ...from, ...short]);
    expect([code, err]).toEqual([0, expect.stringMatching(/is ready/)]);
    const [ours, theirs] = await Promise.all(
      ['heir', 'run'].map(async (run) => checkpointModel(await readFile(at(run, 'best.ckpt'))).tensors),
    );
    for (const [name, values] of Object.entries(theirs)) {
      for (const [i, value] of values.entries()) expect(ours[name][i]).toBeCloseTo(value, 5);
    }
    const another = await ddsp([
      ...fresh('other'),
      '--from',
      at('run/export/model.safetensors'),
      'synth.bands=9',
    ]);
    expect(another.code).toBe(1);
    expect(another.err).toMatch(/pretrained model's tensor estimator.* the configuration's/);
    expect(await readdir(at())).not.toContain('other');
  });

  it('is killed again and again, goes on, and lacks nothing', async () => {
    const endless = ['trainer.steps=100000', 'trainer.validateEvery=7', 'trainer.checkpointEvery=5'];
    const random = randomiser(Date.now());
    for (let kill = 0; kill < 6; kill++) {
      const begun = (await readdir(at())).includes('killed');
      // while it reads, then somewhere in training and writing
      const sign = kill === 0 ? 'reading' : 'training ...';
      const changes = kill === 0 ? 0 : Math.ceil(30 * random());
      const { code } = await ddsp(begun ? resume('killed') : [...fresh('killed'), ...endless], {
        killAfter: { sign, folder: at('killed'), changes },
      });
      expect(code).toBeNull();
      const there: string[] = await readdir(at('killed')).catch(() => []);
      if (!there.includes('run.json')) {
        // nothing to go on with, and nothing was lost
        expect(there).not.toContain('last.ckpt');
        await rm(at('killed'), { recursive: true, force: true });
        continue;
      }
      const logged = await expectSound('killed', { torn: true });
      const saved = there.includes('last.ckpt') ? await step('killed') : 0;
      expect(logged - saved).toBeLessThanOrEqual(5);
    }
    const before = (await files('killed')).includes('last.ckpt') ? await step('killed') : 0;
    const wanted = before + 7 - (before % 7);
    const { code, err } = await ddsp([...resume('killed'), `trainer.steps=${wanted}`]);
    expect([code, err]).toEqual([0, expect.stringMatching(/is ready/)]);
    expect(await expectSound('killed')).toBe(wanted);
    expect(await files('killed')).toEqual(WHOLE);
  }, 120_000);

  it('is not gone on with on other data, or from a torn checkpoint', async () => {
    await cp(at('run'), at('moved'), { recursive: true });
    await mkdir(at('more'));
    await cp(at('glide.wav'), at('more/glide.wav'));
    await writeFile(at('more/second.wav'), writeWav(phrase(3, 16_000, 2), 16_000));
    const { code, err } = await ddsp([...resume('moved'), '--data', at('more'), 'trainer.steps=9999']);
    expect(code).toBe(1);
    expect(err).toMatch(
      /last.ckpt: the recordings or data settings .* not the ones this checkpoint was trained on.*ddsp train --from .*best.ckpt --data/,
    );
    await rm(at('more'), { recursive: true });
    const away = await ddsp([...resume('moved'), '--data', at('more'), 'trainer.steps=9999']);
    expect([away.code, away.err]).toEqual([
      1,
      expect.stringMatching(/more: there is no such folder .*pass --data/),
    ]);
    const whole = await readFile(at('run/last.ckpt'));
    for (const [length, message] of [
      [whole.length - 9, /last.ckpt: tensor .* ends at byte .* it is truncated/],
      [100, /last.ckpt: checkpoint ends at byte 100 inside its header/],
      [0, /last.ckpt: checkpoint ends after 0 bytes/],
    ] as const) {
      await writeFile(at('moved/last.ckpt'), whole.subarray(0, length));
      const torn = await ddsp([...resume('moved'), 'trainer.steps=9999']);
      expect([torn.code, torn.err]).toEqual([1, expect.stringMatching(message)]);
    }
  });

  it('stops where a number is none, saying what was seen and where to go on', async () => {
    await cp(at('run'), at('broken'), { recursive: true });
    const damaged = await readFile(at('run/last.ckpt'));
    const headerLength = Number(damaged.readBigUInt64LE(0));
    damaged.writeFloatLE(Number.NaN, 8 + headerLength);
    await writeFile(at('broken/last.ckpt'), damaged);
    const unseen = await ddsp([...resume('broken'), 'trainer.steps=9999']);
    expect([unseen.code, unseen.err]).toEqual([1, expect.stringMatching(/last.ckpt: .*match its checksum/)]);
    // as a training would have written it
    sealCheckpoint(damaged as unknown as Uint8Array<ArrayBuffer>);
    await writeFile(at('broken/last.ckpt'), damaged);
    const { code, err } = await ddsp([...resume('broken'), 'trainer.steps=9999']);
    expect(code).toBe(3);
    const at0 = await step('broken');
    expect(err).toMatch(
      new RegExp(
        `ddsp: step ${at0 + 1}: the loss is NaN; the parameters are still those of step ${at0}; the last good ` +
          `checkpoint is .*broken/last.ckpt, step ${at0}; resume with: ddsp train --resume .*broken optimizer.learningRate=<smaller>\n$`,
      ),
    );
    expect(await readFile(at('broken/last.ckpt'))).toEqual(damaged);
    expect(await text('broken', 'report.html')).toContain('"state":"failed"');
  });

  it.skipIf(process.platform === 'win32')(
    'outlives a disk that takes no report, and stops at one that takes no checkpoint',
    async () => {
      const steps = ['trainer.steps=4', 'trainer.validateEvery=2', 'trainer.checkpointEvery=2'];
      const noReport = await ddsp([...fresh('narrow'), ...steps], { fileLimit: 155 });
      expect(noReport.err).toMatch(/report.html: cannot be written: .*; training continues/);
      expect(noReport.code).toBe(0);
      expect(await step('narrow')).toBe(4);

      const large = [...steps, 'model.decoder.hidden=64'];
      expect((await ddsp([...fresh('full'), ...large])).code).toBe(0);
      const noCheckpoint = await ddsp([...resume('full'), 'trainer.steps=8'], { fileLimit: 250 });
      expect(noCheckpoint.code).toBe(1);
      expect(noCheckpoint.err).toMatch(
        /ckpt: cannot be written: .*; the last good checkpoint is .*full\/last.ckpt, step 4; resume with: ddsp/,
      );
      expect(await step('full')).toBe(4);
      expect((await files('full')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
      expect((await ddsp([...resume('full'), 'trainer.steps=8'])).code).toBe(0);
      expect(await expectSound('full')).toBe(8);
    },
  );

  it('ends when the workers cannot hold a batch, and leaves no folder', async () => {
    const big = ['model.decoder.hidden=512', 'trainer.batchSize=4096'];
    const { code, err } = await ddsp([...fresh('big'), ...big]);
    expect(code).toBe(1);
    expect(err).toMatch(
      /ddsp: a worker cannot be set up for 4096 examples .*choose a smaller trainer.batchSize/,
    );
    expect(await readdir(at())).not.toContain('big');
  });

  it('does not begin when interrupted while reading', async () => {
    // with a database of its own there is something to read
    const { code, err } = await ddsp([...fresh('never'), '--db', at('never.db'), 'trainer.steps=5'], {
      interruptAt: 'reading',
    });
    expect([code, err]).toEqual([130, expect.stringMatching(/stopped; finished work is kept/)]);
    expect(await readdir(at())).not.toContain('never');
  });
});
