/** `ddsp render`: a recording played through a model. */

import { writeWav } from '../audio/wav';
import { renderOffline } from '../play/render';
import { writeAtomically } from '../train/run/disk';
import { readMono } from './audio';
import { readModelFile } from './model-file';
import { checkOutput } from './output';
import { ProgressBar } from './progress-bar';
import { say } from './terminal';

export interface RenderCommandOptions {
  readonly model: string;
  readonly pitchShift: number;
  readonly harmonics: number;
  readonly noise: number;
  readonly reverb: number;
  readonly gain: number;
  readonly register: 'auto' | 'off' | number;
  readonly level: 'auto' | 'off' | number;
  readonly float?: boolean;
}

/** Renders at the model's sample rate, into a mono WAV as long as the input. */
export async function render(
  input: string,
  output: string,
  { model: modelFile, float, register, level, ...controls }: RenderCommandOptions,
): Promise<void> {
  await checkOutput(output, [input, modelFile]);
  const model = await readModelFile(modelFile);
  const audio = await readMono(input, model.sampleRate);
  const progress = new ProgressBar('rendering', 1);
  let rendered: Float32Array;
  try {
    rendered = await renderOffline(model, audio, {
      ...controls,
      matching: { register, level },
      onProgress: (share) => progress.update(share),
    });
  } finally {
    progress.stop();
  }
  await writeAtomically(output, writeWav(rendered, model.sampleRate, { float }));
  const peak = rendered.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);
  if (peak > 1 && !float) {
    const over = (20 * Math.log10(peak)).toFixed(1);
    say(`${output}: cut off up to ${over} dB above full scale; lower --gain or add --float`);
  }
}
