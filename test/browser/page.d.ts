/** What test pages have on their window; see `openTestPage`. */
declare const ddsp: typeof import('../../src/index');
declare const record: (node: AudioNode, seconds: number) => Promise<Float32Array>;
declare const recordChannels: (node: AudioNode, seconds: number, count: number) => Promise<Float32Array[]>;
/** On pages that train. */
declare const training: typeof import('../../src/train/browser');
declare const sourceOf: (name: string) => Promise<import('../../src/train/browser').AudioSource>;
declare const fileOf: (name: string) => Promise<File>;
declare const project: import('../../src/train/browser').TrainingProject;
/** Trains `project` for about as many steps. */
declare const trainSteps: (
  project: import('../../src/train/browser').TrainingProject,
  steps: number,
) => Promise<{ done: boolean; states: import('../../src/train/browser').TrainingState[] }>;
