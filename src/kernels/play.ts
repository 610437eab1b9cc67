/** What playing needs: forward kernels only. Built into the worklet and the page. */
export * from './analysis/loudness';
export * from './analysis/window';
export * from './analysis/yin';
export * from './neural/activation';
export * from './neural/gemv';
export * from './neural/gru';
export * from './neural/input';
export * from './neural/norm';
export { packRows } from './neural/pack';
export * from './neural/scaling';
export * from './spectral/convolution';
export * from './spectral/fft';
export * from './synth/harmonic';
export * from './synth/noise';
export * from './vector';
