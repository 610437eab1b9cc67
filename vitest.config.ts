import { defineConfig } from 'vitest/config';

/** Node 20 has relaxed SIMD behind a flag; later versions have it switched on and refuse the flag. */
const [major] = process.versions.node.split('.').map(Number);

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // with a configuration of their own
    exclude: ['test/hosts/**'],
    reporters: ['default', './test/slowest.ts'],
    // tests run the plain and the relaxed-SIMD build of the kernels
    execArgv: major < 21 ? ['--experimental-wasm-relaxed-simd'] : [],
    // half the tests wait for another process or a browser
    maxWorkers: '100%',
    // a test waits, it does not race: on a busy machine everything takes ten times as long
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
