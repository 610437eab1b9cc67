import { playModule } from '../dsp/play-module';
import type { Model } from '../model/model';
import { Engine } from '../play/engine';

/** Seconds between the input and its output, at the model's own sample rate. */
export async function latencyOf(model: Model): Promise<number> {
  return new Engine(await playModule(), model, model.sampleRate).latency / model.sampleRate;
}
