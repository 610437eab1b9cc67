/** Scripts for pages under test. */

/**
 * `record(node, seconds)`: what an AudioNode plays from now on, as a Float32Array of its first channel.
 * `recordChannels(node, seconds, count)`: of its first `count` channels, sample by sample together.
 * `played(context, seconds)`: resolves when the context has played so much more, however long that takes.
 * A module at /recorder.js, with the processor it needs inside.
 */
export const recorderScript = `
const processor = \`
  registerProcessor('recorder', class extends AudioWorkletProcessor {
    process([input]) {
      if (input.length > 0) this.port.postMessage(input.map((channel) => channel.slice()));
      return true;
    }
  });
\`;
const url = URL.createObjectURL(new Blob([processor], { type: 'text/javascript' }));
const ready = new WeakMap();

export async function recordChannels(node, seconds, count) {
  const { context } = node;
  if (!ready.has(context)) ready.set(context, context.audioWorklet.addModule(url));
  await ready.get(context);
  const length = Math.round(seconds * context.sampleRate);
  const channels = Array.from({ length: count }, () => new Float32Array(length));
  const recorder = new AudioWorkletNode(context, 'recorder', { numberOfOutputs: 0 });
  await new Promise((resolve) => {
    let at = 0;
    recorder.port.onmessage = ({ data }) => {
      channels.forEach((channel, i) => channel.set(data[i].subarray(0, length - at), at));
      at += Math.min(data[0].length, length - at);
      if (at === length) resolve();
    };
    node.connect(recorder);
  });
  node.disconnect(recorder);
  recorder.port.onmessage = null;
  return channels;
}

export async function played(context, seconds) {
  const source = new ConstantSourceNode(context, { offset: 0 });
  source.connect(context.destination);
  source.start();
  source.stop(context.currentTime + seconds);
  await new Promise((resolve) => {
    source.onended = resolve;
  });
}

export async function record(node, seconds) {
  return (await recordChannels(node, seconds, 1))[0];
}
`;
