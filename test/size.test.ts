/** What a page loads stays small: of the package it bundles what it uses. */

import { describe, expect, it } from 'vitest';
import { fileSize, pageSize } from './support/page-size';

/** Bytes, gzipped. */
const LIMITS = { DDSPNode: 60_000, openMicrophone: 2_000, CONTROLS: 2_000, readModel: 20_000 };

describe.each(Object.entries(LIMITS))('a page with %s alone', (name, limit) => {
  const code = `import { ${name} } from 'ddsp-worklet'; globalThis.used = ${name};`;

  it.each([
    ['esbuild', fileSize],
    ['Rollup', pageSize],
  ])(`loads at most ${limit} bytes, bundled by %s`, async (_bundler, sizeOf) => {
    const size = await sizeOf(code);
    expect(size).toBeGreaterThan(100);
    expect(size).toBeLessThanOrEqual(limit);
  });
});
