/** What test pages have on their window; see `openTestPage`. */
declare const ddsp: typeof import('../../src/index');
declare const record: (node: AudioNode, seconds: number) => Promise<Float32Array>;
declare const recordChannels: (node: AudioNode, seconds: number, count: number) => Promise<Float32Array[]>;
declare const played: (context: BaseAudioContext, seconds: number) => Promise<void>;
/** On pages that train. */
declare const training: typeof import('../../src/project');
declare const sourceOf: (name: string) => Promise<import('../../src/project').AudioSource>;
declare const fileOf: (name: string) => Promise<File>;
declare const project: import('../../src/project').TrainingProject;
/** Trains `project` for about as many steps. */
declare const trainSteps: (
  project: import('../../src/project').TrainingProject,
  steps: number,
) => Promise<{ done: boolean; states: import('../../src/project').TrainingState[] }>;
