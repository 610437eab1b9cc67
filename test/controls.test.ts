/** The table of controls and the places that are made from it, or repeat it for readers. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONTROL_NAMES, CONTROLS, ControlState } from '../src/controls';

const root = path.resolve(import.meta.dirname, '..');

describe('the table of controls', () => {
  it('is in the documentation, row by row', () => {
    const text = readFileSync(path.join(root, 'docs/api.md'), 'utf8');
    const section = text.slice(text.indexOf('\n## Controls'), text.indexOf('\n## openMicrophone'));
    const rows = [...section.matchAll(/^\| `(\w+)` +\|(.*)\|$/gm)].map(([, name, rest]) => [
      name,
      ...rest.split('|').map((cell) => cell.trim()),
    ]);
    expect(rows).toEqual(
      CONTROL_NAMES.map((name) => {
        const { unit, minimum, maximum, default: value, meaning } = CONTROLS[name];
        return [name, unit, `${minimum} to ${maximum}`, `${value}`, meaning];
      }),
    );
  });

  it('has defaults within its ranges', () => {
    for (const { minimum, maximum, default: value } of Object.values(CONTROLS)) {
      expect(value).toBeGreaterThanOrEqual(minimum);
      expect(value).toBeLessThanOrEqual(maximum);
    }
  });

  it('has a value in every state, by its name and its place', () => {
    const state = new ControlState();
    CONTROL_NAMES.forEach((name, i) => {
      expect(state[name]).toBe(CONTROLS[name].default);
      state[name] = i;
      expect(state.values[i]).toBe(i);
    });
  });
});
