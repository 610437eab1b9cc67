/** What training needs: everything that plays, and the backward kernels. */
export * from './play';
export * from './spectral/loss';
export * from './neural/scaling.backward';
