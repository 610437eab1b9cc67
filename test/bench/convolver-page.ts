/** For a page: this project's convolver and the browser's own, on the same noise and responses. */

import { Convolver } from '../../src/dsp/convolver';
import { Heap } from '../../src/dsp/heap';
import { playModule } from '../../src/dsp/play-module';

const RATE = 48000;
const SECONDS = 20;

function noise(length: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length }, () => Math.random() - 0.5);
}

/** Seconds of wall time a second of audio, fastest of `runs`; `hop` samples at a time. */
export async function ours(irSeconds: number, hop: number, runs: number): Promise<number> {
  const heap = new Heap(await playModule());
  const convolver = new Convolver(heap, 'response', noise(irSeconds * RATE), hop);
  const segment = heap.put(noise(hop));
  heap.seal();
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs + 2; run++) {
    const started = performance.now();
    for (let at = 0; at < SECONDS * RATE; at += hop) convolver.process(segment);
    best = Math.min(best, performance.now() - started);
  }
  return best / 1000 / SECONDS;
}

/** As `ours`: an OfflineAudioContext with a ConvolverNode, less one without. */
export async function browsers(irSeconds: number, runs: number): Promise<number> {
  const source = new AudioBuffer({ length: SECONDS * RATE, sampleRate: RATE });
  source.copyToChannel(noise(source.length), 0);
  const response = new AudioBuffer({ length: irSeconds * RATE, sampleRate: RATE });
  response.copyToChannel(noise(response.length), 0);
  const render = async (convolves: boolean) => {
    const context = new OfflineAudioContext({ length: source.length, sampleRate: RATE });
    const from = new AudioBufferSourceNode(context, { buffer: source });
    if (convolves) {
      const node = new ConvolverNode(context, { disableNormalization: true, buffer: response });
      from.connect(node).connect(context.destination);
    } else from.connect(context.destination);
    from.start();
    const started = performance.now();
    await context.startRendering();
    return performance.now() - started;
  };
  const best = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let run = 0; run < runs; run++) {
    for (const convolves of [0, 1])
      best[convolves] = Math.min(best[convolves], await render(convolves === 1));
  }
  return (best[1] - best[0]) / 1000 / SECONDS;
}
