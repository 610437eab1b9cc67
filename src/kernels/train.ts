/** What training needs: everything that plays, and the backward kernels. */

export * from './neural/scaling.backward';
export * from './play';
export * from './synth/harmonic.backward';
