/** What playing needs: forward kernels only. Built into the worklet and the page. */

export * from './analysis/loudness';
export * from './analysis/window';
export * from './analysis/yin';
export * from './neural/scaling';
export * from './spectral/fft';
export * from './synth/harmonic';
export * from './synth/mix';
export * from './vector';
