/** What the tests put on a page's window. */
declare const ddsp: typeof import('../../src/index');
declare const model: import('../../src/index').Model;
declare function record(node: AudioNode, seconds: number): Promise<Float32Array>;
