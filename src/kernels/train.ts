/** What training needs: everything that plays, and the backward kernels. */
export * from './neural/activation.backward';
export * from './neural/gemm';
export * from './neural/gru.backward';
export * from './neural/norm.backward';
export * from './neural/optimizer';
export { packColumns } from './neural/pack';
export * from './neural/scaling.backward';
export * from './play';
export { polyphase } from './polyphase';
export * from './spectral/convolution.backward';
export { spectralLoss } from './spectral/loss';
export { logSpectralDistance, powerSpectrogram, spectrogramScratch } from './spectral/spectrogram';
export * from './synth/decay.backward';
export * from './synth/glide.backward';
export * from './synth/harmonic.backward';
export * from './synth/mix.backward';
export * from './synth/noise.backward';
