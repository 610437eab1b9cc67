/** The recipes of CONTRIBUTING.md name files that exist, and few of them. */

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const text = readFileSync('CONTRIBUTING.md', 'utf8');
const adding = text.slice(text.indexOf('## Adding a ...'), text.indexOf('## Rules'));
const recipes = adding.split('### ... ').slice(1);

describe('adding a ...', () => {
  it('has a recipe for each kind of part', () => {
    const titles = recipes.map((recipe) => recipe.split('\n')[0]);
    expect(titles).toEqual([
      'processor of the synth graph',
      'control (AudioParam)',
      'input of the decoder',
      'yardstick of quality',
      'command of `ddsp`',
      'key of the configuration',
    ]);
  });

  it.each(recipes)('%s', (recipe) => {
    const steps = [...recipe.matchAll(/^\d\. (.*)$/gm)].map(([, step]) => step);
    expect(steps.length).toBeGreaterThan(0);
    expect(steps.length).toBeLessThanOrEqual(3);
    for (const step of steps) expect(step).toMatch(/^`/);
    for (const [, file] of recipe.matchAll(/`((?:src|test|docs)\/[^`]*\.(?:ts|md))`/g)) {
      // `<name>` stands for the new part: its folder is there
      const place = file.includes('<') ? file.slice(0, file.indexOf('<')) : file;
      expect(existsSync(place), file).toBe(true);
    }
  });
});
