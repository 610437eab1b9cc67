import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/hosts/*.test.ts'],
    globalSetup: 'test/hosts/workspace.ts',
    // builds, and the compilers of the types, take turns on two cores
    maxConcurrency: 2,
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
