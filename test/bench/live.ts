/** The live half: cost in shares of real time, stage by stage, and the worst 10 ms. */

import { Analyser } from '../../src/engine/analysis/analyser';
import { DecoderStream } from '../../src/engine/decoder/decoder';
import { Engine } from '../../src/engine/engine';
import { Heap } from '../../src/engine/kernels';
import { playModule } from '../../src/engine/play-module';
import { planSynth } from '../../src/engine/synth/graph';
import type { ProcessorStream } from '../../src/engine/synth/processor';
import type { Model } from '../../src/model/model';
import { DECODER_PREFIX } from '../../src/model/tensors';
import { glide } from './configurations';
import { type Measured, scale, summarise, time } from './measure';

export interface LiveReport {
  /** share of one core's real time: 0.01 = 1% */
  readonly realtimeFactor: Measured;
  /** the slowest 10 ms of audio, as a share of 10 ms */
  readonly worst10ms: Measured;
  /** seconds of one core a second of audio */
  readonly stages: Readonly<Record<string, Measured>>;
}

const SECONDS = 4;
const BLOCK = 128;

export async function benchLive(model: Model, runs: number): Promise<LiveReport> {
  const module = await playModule();
  const rate = model.sampleRate;
  // f0 from 110 Hz: many harmonics below Nyquist, the dear case
  const input = glide(SECONDS, rate, 110, 220);
  const output = new Float32Array(input.length);
  const engine = new Engine(module, model, rate);
  const play = () => {
    for (let at = 0; at + BLOCK <= input.length; at += BLOCK) engine.process(input, output, at, BLOCK);
  };
  const realtimeFactor = scale(time(play, { runs }), 1 / SECONDS);

  const span = Math.round(rate / 100);
  const worst = Array.from({ length: runs }, () => {
    let slowest = 0;
    for (let at = 0; at + span <= input.length; at += span) {
      const started = performance.now();
      engine.process(input, output, at, span);
      slowest = Math.max(slowest, performance.now() - started);
    }
    return slowest / 10;
  });
  return {
    realtimeFactor,
    worst10ms: summarise(worst),
    stages: stages(module, model, input, runs),
  };
}

/** The engine's parts by themselves, on the same input. */
function stages(
  module: WebAssembly.Module,
  model: Model,
  input: Float32Array,
  runs: number,
): Record<string, Measured> {
  const rate = model.sampleRate;
  const heap = new Heap(module);
  const hop = Math.round(rate / model.frameRate);
  const plan = planSynth(model.synth);
  const analyser = new Analyser({ heap, sampleRate: rate, modelRate: rate, config: model.analysis });
  const decoder = new DecoderStream(
    heap,
    (name) => model.tensors[DECODER_PREFIX + name],
    model.decoder.hidden,
    plan.outputs,
    model.decoder.inputScale,
  );
  const context = { heap, sampleRate: rate, modelRate: rate, hop };
  const lookahead = Math.max(...plan.nodes.map((node) => node.type.lookahead(node.options, context)));
  const streams: ProcessorStream[] = [];
  for (const node of plan.nodes) {
    streams.push(
      node.type.stream(
        { ...context, lookahead, seed: 1, tensor: (name) => model.tensors[name] },
        node.options,
        node.sources.map((source) => streams[source].output),
      ),
    );
  }
  const window = heap.view(analyser.input, analyser.window);
  const frames = Math.floor((input.length - analyser.window) / hop);
  const each = (work: (frame: number) => void) =>
    scale(
      time(
        () => {
          for (let i = 0; i < frames; i++) work(i);
        },
        { runs },
      ),
      model.frameRate / frames,
    );
  const result: Record<string, Measured> = {
    analysis: each((i) => {
      window.set(input.subarray(i * hop, i * hop + analyser.window));
      analyser.run();
    }),
    decoder: each((i) => decoder.step(110 * 2 ** (i / frames), -20)),
  };
  plan.nodes.forEach((node, index) => {
    const stream = streams[index];
    const u = decoder.output + node.offset * 4;
    result[node.name] = each((i) => {
      stream.control(u, 110 * 2 ** (i / frames), i === 0);
      stream.render(0);
    });
  });
  return result;
}
