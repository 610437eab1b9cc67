/** The live half: cost in shares of real time, stage by stage, in silence and while a model is swapped. */

import { Analyser } from '../../src/analysis/analyser';
import { DECODER_PREFIX } from '../../src/decoder/config';
import { Decoder, DecoderStream } from '../../src/decoder/decoder';
import { Heap } from '../../src/dsp/heap';
import { playModule } from '../../src/dsp/play-module';
import type { Model } from '../../src/model/model';
import { Crossfader } from '../../src/play/crossfader';
import { Engine } from '../../src/play/engine';
import { Instrument } from '../../src/play/instrument';
import { planSynth } from '../../src/synth/graph';
import type { ProcessorStream } from '../../src/synth/processor';
import { glide } from './configurations';
import { liveFloors } from './live-floors';
import { type Measured, scale, summarise, time } from './measure';
import type { Peak } from './peak';

export interface LiveReport {
  /** share of one core's real time: 0.01 = 1% */
  readonly realtimeFactor: Measured;
  /** the slowest 10 ms of audio, as a share of 10 ms */
  readonly worst10ms: Measured;
  readonly swap: SwapReport;
  /** share of one core, when nobody has played for seconds */
  readonly silence: Measured;
  /** seconds of one core a second of audio */
  readonly stages: Readonly<Record<string, Measured>>;
  /** seconds in which each stage's arithmetic (or its memory traffic) could be done at the peak rates */
  readonly floors: Readonly<Record<string, number>>;
}

export interface SwapReport {
  /** seconds that the audio thread takes to build the engine from tables that came ready */
  readonly setUp: Measured;
  /** the 10 ms of audio with the set-up in them, and the slowest after it until the old model is gone */
  readonly first10ms: Measured;
  readonly worst10ms: Measured;
}

const SECONDS = 4;
const BLOCK = 128;

export async function benchLive(model: Model, peak: Peak, runs: number): Promise<LiveReport> {
  const module = await playModule();
  const rate = model.sampleRate;
  // f0 from 110 Hz: many harmonics below Nyquist, the dear case
  const input = glide(SECONDS, rate, 110, 220);
  const output = new Float32Array(input.length);
  const engine = new Engine(module, new Instrument(model, rate));
  const worst = Array.from({ length: runs }, () => slowest10ms(engine, input, output));
  const realtimeFactor = benchEngine(engine, input, runs);
  // the first second still plays, the second rings
  for (let i = 0; i < 3; i++) engine.process(null, output, 0, output.length);
  const silence = benchEngine(engine, null, runs);
  return {
    realtimeFactor,
    worst10ms: summarise(worst),
    swap: benchSwap(module, model, input, runs),
    silence,
    ...benchStages(module, model, input, peak, runs),
  };
}

/** Share of one core's real time. */
export function benchEngine(
  engine: Pick<Engine, 'process' | 'sampleRate'>,
  input: Float32Array | null,
  runs: number,
): Measured {
  const length = input?.length ?? SECONDS * engine.sampleRate;
  const output = new Float32Array(length);
  const play = () => {
    for (let at = 0; at + BLOCK <= length; at += BLOCK) engine.process(input, output, at, BLOCK);
  };
  return scale(time(play, { runs }), engine.sampleRate / length);
}

/** As a share of 10 ms. */
function slowest10ms(engine: Engine | Crossfader, input: Float32Array, output: Float32Array): number {
  const span = Math.round(48000 / 100);
  let slowest = 0;
  for (let at = 0; at + span <= input.length; at += span) {
    const started = performance.now();
    engine.process(input, output, at, span);
    slowest = Math.max(slowest, performance.now() - started);
  }
  return slowest / 10;
}

/** Everything that the audio thread does for another model, as the processor does it. */
function benchSwap(module: WebAssembly.Module, model: Model, input: Float32Array, runs: number): SwapReport {
  const rate = model.sampleRate;
  const own = new Instrument(model, rate);
  new Engine(module, own);
  const { tensors: _, ...untold } = model;
  const instrument = new Instrument(untold, rate, own.tables.complete);
  const output = new Float32Array(input.length);
  const span = Math.round(rate / 100);
  const [setUp, first, worst]: number[][] = [[], [], []];
  const crossfader = new Crossfader(rate);
  for (let i = 0; i < 3 + runs; i++) {
    const started = performance.now();
    const engine = new Engine(module, instrument, { gradually: true });
    crossfader.setEngine(engine);
    const built = performance.now();
    crossfader.process(input, output, 0, span);
    const played = performance.now();
    const slowest = slowest10ms(crossfader, input, output);
    if (i < 3) continue;
    setUp.push((built - started) / 1000);
    first.push((played - started) / 10);
    worst.push(slowest);
  }
  return { setUp: summarise(setUp), first10ms: summarise(first), worst10ms: summarise(worst) };
}

/** The engine's parts by themselves, on the same input. */
function benchStages(
  module: WebAssembly.Module,
  model: Model,
  input: Float32Array,
  peak: Peak,
  runs: number,
): Pick<LiveReport, 'stages' | 'floors'> {
  const rate = model.sampleRate;
  const heap = new Heap(module);
  const hop = Math.round(rate / model.frameRate);
  const plan = planSynth(model.synth);
  const analyser = new Analyser({ heap, sampleRate: rate, modelRate: rate, config: model.analysis });
  const weights = (name: string) => model.tensors[DECODER_PREFIX + name];
  const decoder = new DecoderStream(new Decoder(heap, weights, { ...model.decoder, outputs: plan.outputs }));
  const context = { heap, sampleRate: rate, modelRate: rate, hop };
  const lookahead = Math.max(...plan.nodes.map((node) => node.type.lookahead(node.options, context)));
  const streams: ProcessorStream[] = [];
  for (const node of plan.nodes) {
    streams.push(
      node.type.stream(
        { ...context, name: node.name, lookahead, seed: 1, tensor: (name) => model.tensors[name] },
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
  const f0 = Float32Array.from({ length: frames }, (_, i) => 110 * 2 ** (i / frames));
  const inputs = Float64Array.of(110, -20);
  const stages: Record<string, Measured> = {
    analysis: each((i) => {
      window.set(input.subarray(i * hop, i * hop + analyser.window));
      analyser.run();
    }),
    decoder: each((i) => {
      inputs[0] = f0[i];
      decoder.step(inputs);
    }),
  };
  plan.nodes.forEach((node, index) => {
    const stream = streams[index];
    const u = decoder.output + node.offset * 4;
    stages[node.name] = each((i) => {
      stream.control(u, f0[i], i === 0);
      stream.render(0);
    });
  });
  return { stages, floors: liveFloors(model, f0, analyser.window, peak) };
}
