/** Says what a file is that is no model of PyTorch, for the mistakes that happen and the families that exist. */

import { ImportError } from './errors';

/** @returns an error that says what the file is, and what to do */
export function notTorch(file: Uint8Array): ImportError {
  if (file.length === 0)
    return new ImportError('empty', 'the file is empty', { remedy: 'download or copy it again' });
  const [what, remedy] = describe(file, latin1(file, 0, 512));
  return new ImportError('not-a-model', what, { remedy });
}

function describe(file: Uint8Array, start: string): [what: string, remedy: string] {
  const text = start.trimStart();
  if (text.startsWith('<'))
    return ['the file is a web page (HTML or XML), not a model', 'check the address that it came from'];
  if (text.startsWith('version https://git-lfs'))
    return ['the file is a Git LFS pointer, not the model itself', 'fetch the model (git lfs pull)'];
  if (start.slice(4, 8) === 'TFL3')
    return [
      'the file is a TensorFlow Lite model, as ddsp-vst of magenta plays it; these cannot be imported',
      'import a checkpoint of realtimeDDSP or a model of ddsp_pytorch, or train with ddsp train',
    ];
  if (file[8] === 0x7b)
    return [
      'the file is in the safetensors format, as models of this library are; it needs no import',
      'play it as it is',
    ];
  if (text.startsWith('{'))
    return /"(modelTopology|weightsManifest|format)"/.test(text)
      ? [
          'the file is a TensorFlow.js model, as magenta.js plays it; these cannot be imported',
          'import a checkpoint of realtimeDDSP or a model of ddsp_pytorch',
        ]
      : ['the file is JSON, not a model', 'choose the file that holds the weights'];
  if (start.startsWith('\x89HDF')) return ['the file is a Keras model (HDF5); these cannot be imported', ''];
  if (file[0] === 0x1f && file[1] === 0x8b)
    return ['the file is compressed with gzip', 'unpack it and import what was in it'];
  if (file[0] === 0x80 && file[1] <= 5)
    return ['the file is a pickle of Python, but not one that PyTorch saved', 'save it with torch.save'];
  return [
    `the file is no model of a known kind: it begins with ${hex(file)}`,
    'import a .ckpt or .nm of realtimeDDSP, or a .ts or state.pth of ddsp_pytorch',
  ];
}

function latin1(file: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...file.subarray(from, to));
}

function hex(file: Uint8Array): string {
  return [...file.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
