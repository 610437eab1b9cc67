/** What playing needs: forward kernels only. Built into the worklet and the page. */

export * from './neural/scaling';
export * from './spectral/convolution';
export * from './spectral/fft';
export * from './synth/noise';
export * from './vector';
