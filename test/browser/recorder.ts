/** Scripts for pages under test. */

/**
 * `record(node, seconds)`: what an AudioNode plays from now on, as a Float32Array of its first channel.
 * A module at /recorder.js, with the processor it needs inside.
 */
export const recorderScript = `
const processor = \`
  registerProcessor('recorder', class extends AudioWorkletProcessor {
    process([input]) {
      if (input.length > 0) this.port.postMessage(input[0].slice());
      return true;
    }
  });
\`;
const url = URL.createObjectURL(new Blob([processor], { type: 'text/javascript' }));
const ready = new WeakMap();

export async function record(node, seconds) {
  const { context } = node;
  if (!ready.has(context)) ready.set(context, context.audioWorklet.addModule(url));
  await ready.get(context);
  const samples = new Float32Array(Math.round(seconds * context.sampleRate));
  const recorder = new AudioWorkletNode(context, 'recorder', { numberOfOutputs: 0 });
  await new Promise((resolve) => {
    let at = 0;
    recorder.port.onmessage = ({ data }) => {
      samples.set(data.subarray(0, samples.length - at), at);
      at += Math.min(data.length, samples.length - at);
      if (at === samples.length) resolve();
    };
    node.connect(recorder);
  });
  node.disconnect(recorder);
  recorder.port.onmessage = null;
  return samples;
}
`;
