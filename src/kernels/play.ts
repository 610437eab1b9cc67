/** What playing needs: forward kernels only. Built into the worklet and the page. */
export * from './vector';
export * from './spectral/fft';
export * from './neural/scaling';
export * from './synth/harmonic';
export * from './synth/mix';
