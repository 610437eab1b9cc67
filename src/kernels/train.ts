/** What training needs: everything that plays, and the backward kernels. */

export * from './neural/scaling.backward';
export * from './play';
export * from './spectral/convolution.backward';
export * from './spectral/loss';
export * from './synth/noise.backward';
