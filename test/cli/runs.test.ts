import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readModel } from '../../src/model/file';
import { decodeAudio } from '../../src/train/audio/decode';
import { checkpointModel, checkpointSummary } from '../../src/train/checkpoint';
import { readConfigYaml, resolveConfig } from '../../src/train/config';
import { readLines } from '../../src/train/runs/metrics-log';
import { keepUpTo } from '../../src/train/runs/tensorboard/events';
import { parseEvents } from '../train/runs/event-reader';
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
    const stopped = await ddsp([...fresh('run'), '--config', at('long.yaml')], { interruptAt: 'step 3,' });
    expect(stopped.code).toBe(130);
    expect(stopped.err).toMatch(/refused letter.wav: it is text/);
    expect(stopped.err).toMatch(/1 recordings, 8 s: 8 slices kept/);
    expect(stopped.err).toMatch(/report: file:\/\/.*run\/report.html\n/);
    expect(stopped.err).toMatch(/step 3, loss [\d.]+, held-out log-spectral distance [\d.]+ dB/);
    const [, told, command] =
      stopped.err.match(/at step (\d+); everything is saved, go on with: (.*)\n$/) ?? [];
    expect(command).toBe(`ddsp train --resume ${at('run')}`);
    expect(await files('run')).toEqual(WHOLE);
    expect(await step('run')).toBe(Number(told));
    await expectSound('run');
    expect(await text('run', 'report.html')).toContain('"state":"stopped"');

    const again = await ddsp(fresh('run'));
    expect(again.code).toBe(1);
    expect(again.err).toMatch(
      /run holds a config.yaml already, .* go on with it: ddsp train --resume .*run, or choose another --out/,
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

    const described = ['model.about.licence=CC BY 4.0', 'model.about.description=A | glide.'];
    const exported = await ddsp(['export', at('run'), '--out', at('given'), ...described]);
    expect([exported.code, exported.err]).toEqual([
      0,
      expect.stringMatching(/held-out recordings with their/),
    ]);
    const [original] = await files('run/samples');
    const names = ['original', 'reconstruction'].map((kind) => original.replace('.wav', `-${kind}.wav`));
    expect(await files('given')).toEqual([...names, 'model.md', 'model.safetensors'].sort());
    const card = await text('given', 'model.md');
    expect(card).toMatch(/^# run\n\nA \| glide\.\n/);
    expect(card).toMatch(
      /\| Licence \| CC BY 4.0 \|\n\| Learned from \| ddsp-runs-\w+: 1 recordings, 0.1 min \|/,
    );
    expect(card).toMatch(/\| log-spectral distance \| [\d.]+ dB \|/);
    expect(card).toContain(`[${names[0]}](${names[0]}) | [${names[1]}](${names[1]})`);
    for (const name of names) {
      const { channels, sampleRate } = await decodeAudio(await readFile(at('given', name)), name);
      expect([sampleRate, channels[0].length > 0]).toEqual([16_000, true]);
    }
    const { tensors, ...metadata } = readModel(await readFile(at('given/model.safetensors')));
    expect(metadata.about).toMatchObject({ name: 'run', authors: ['Ann', 'Bo'], licence: 'CC BY 4.0' });
    const refused = await ddsp(['export', at('run'), 'trainer.steps=9']);
    expect([refused.code, refused.err]).toEqual([
      2,
      expect.stringMatching(/only model.about can be changed/),
    ]);

    const info = await ddsp(['info', at('given/model.safetensors')]);
    expect([info.code, info.err]).toEqual([0, '']);
    const report = JSON.parse(info.out);
    expect(report).toMatchObject(metadata);
    expect(report.tensors['estimator.gru.weight_hh_l0']).toEqual([24, 8]);
    expect(report.latencySeconds).toBeCloseTo((512 + 160) / 16_000);
    expect(Object.keys(tensors)).toEqual(Object.keys(report.tensors));

    const args = ['render', '--model', at('given/model.safetensors'), at('glide.wav'), at('out.wav')];
    const rendered = await ddsp([...args, '--pitch-shift', '-12', '--float']);
    expect(rendered.code).toBe(0);
    const { channels, sampleRate } = await decodeAudio(await readFile(at('out.wav')), 'out.wav');
    expect([channels[0].length, sampleRate]).toEqual([128_000, 16_000]);
    expect(channels[0].some((value) => value !== 0)).toBe(true);
    await rm(at('out.wav'));
  }, 120_000);

  it('begins with the weights of another, of the same graph', async () => {
    const from = ['--from', at('run/best.ckpt')];
    const short = ['trainer.steps=1', 'trainer.validateEvery=1', 'optimizer.learningRate=1e-9'];
    const { err, code } = await ddsp([...fresh('heir'), ...from, ...short]);
    expect([code, err]).toEqual([0, expect.stringMatching(/is ready/)]);
    const [ours, theirs] = await Promise.all(
      ['heir', 'run'].map(async (run) => checkpointModel(await readFile(at(run, 'best.ckpt'))).tensors),
    );
    for (const [name, values] of Object.entries(theirs)) {
      for (const [i, value] of values.entries()) expect(ours[name][i]).toBeCloseTo(value, 5);
    }
    const another = await ddsp([...fresh('other'), '--from', at('given/model.safetensors'), 'synth.bands=9']);
    expect(another.code).toBe(1);
    expect(another.err).toMatch(/pretrained model's tensor estimator.* the configuration's/);
    expect(await readdir(at())).not.toContain('other');
  });

  it('is killed again and again, goes on, and lacks nothing', async () => {
    const endless = ['trainer.steps=100000', 'trainer.validateEvery=7', 'trainer.checkpointEvery=5'];
    let random = 1;
    for (let kill = 0; kill < 6; kill++) {
      // 0.2 to 2.2 s: while it reads, trains, writes
      random = (random * 16807) % 2147483647;
      const delay = 200 + 2000 * (random / 2147483647);
      const begun = kill > 0 && (await readdir(at())).includes('killed');
      const { code } = await ddsp(begun ? resume('killed') : [...fresh('killed'), ...endless], {
        started: (child) => setTimeout(() => child.kill('SIGKILL'), delay),
      });
      expect(code).toBeNull();
      const there = await readdir(at('killed')).catch(() => []);
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
    const before = await step('killed');
    const wanted = before + 7 - (before % 7);
    const { code, err } = await ddsp([...resume('killed'), `trainer.steps=${wanted}`]);
    expect([code, err]).toEqual([0, expect.stringMatching(/is ready/)]);
    expect(await expectSound('killed')).toBe(wanted);
    expect(await files('killed')).toEqual(WHOLE);
  }, 120_000);

  it('is not gone on with on other data', async () => {
    await cp(at('run'), at('moved'), { recursive: true });
    const { code, err } = await ddsp([...resume('moved'), '--data', at('given'), 'trainer.steps=9999']);
    expect(code).toBe(1);
    expect(err).toMatch(
      /last.ckpt: the recordings, .* not what this checkpoint was trained on.*ddsp train --from .*best.ckpt --data/,
    );
    await writeFile(at('moved/last.ckpt'), (await readFile(at('run/last.ckpt'))).subarray(0, 5000));
    const torn = await ddsp(resume('moved'));
    expect([torn.code, torn.err]).toEqual([1, expect.stringMatching(/last.ckpt: .*truncated/)]);
    await writeFile(at('moved/last.ckpt'), (await readFile(at('run/last.ckpt'))).subarray(0, 100));
    const stump = await ddsp(resume('moved'));
    expect([stump.code, stump.err]).toEqual([
      1,
      expect.stringMatching(/last.ckpt: checkpoint ends at byte 100/),
    ]);
  });

  it('stops where the numbers run away, saying what was seen and where to go on', async () => {
    const wild = ['optimizer.learningRate=1', 'optimizer.clipNorm=1e9', 'trainer.steps=3000'];
    const { code, err } = await ddsp([
      ...fresh('wild'),
      ...wild,
      'loss.sizes=32',
      'trainer.checkpointEvery=1',
    ]);
    if (code === 0) return;
    expect(code).toBe(3);
    expect(err).toMatch(/step \d+: .*; the last good checkpoint is .*last.ckpt, step \d+; go on with: ddsp/);
    expect(await text('wild', 'report.html')).toContain('"state":"failed"');
  });

  it('outlives a disk that takes no report, and stops at one that takes no checkpoint', async () => {
    const steps = ['trainer.steps=4', 'trainer.validateEvery=2', 'trainer.checkpointEvery=2'];
    const noReport = await ddsp([...fresh('narrow'), ...steps], { fileLimit: 250 });
    expect(noReport.code).toBe(0);
    expect(noReport.err).toMatch(/report.html: cannot be written: .*; training goes on/);
    expect(await step('narrow')).toBe(4);
    const noCheckpoint = await ddsp([...resume('narrow'), 'trainer.steps=8'], { fileLimit: 20 });
    expect(noCheckpoint.code).toBe(1);
    expect(noCheckpoint.err).toMatch(
      /best.ckpt|last.ckpt: cannot be written: .*the last good checkpoint is .*narrow\/last.ckpt, step 4; go on with/,
    );
    expect(await step('narrow')).toBe(4);
    expect((await files('narrow')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect((await ddsp([...resume('narrow'), 'trainer.steps=8'])).code).toBe(0);
    expect(await expectSound('narrow')).toBe(8);
  });

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
    const { code, err } = await ddsp([...fresh('never'), 'trainer.steps=5'], { interruptAt: 'reading' });
    expect([code, err]).toEqual([130, expect.stringMatching(/stopped; nothing was saved/)]);
    expect(await readdir(at())).not.toContain('never');
  });
});
