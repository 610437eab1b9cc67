/** The declarations of the packed package, checked as an application's: nothing else installed, no `skipLibCheck`. */

import { describe, it } from 'vitest';
import { project, tool } from './workspace';

describe.concurrent.each([
  // the oldest that is supported
  'typescript-5.7',
  'typescript-5.9',
  'typescript-7',
])('%s', (compiler) => {
  it.each(['bundler', 'node16', 'nodenext'])('finds the types, moduleResolution %s', async (resolution) => {
    const folder = project(`${compiler}-${resolution}`, ['typescript']);
    await tool(folder, `${compiler}/bin/tsc`, '-p', `tsconfig.${resolution}.json`);
  });
});
