/** The yardsticks in the report: a table, and curves of the most informative ones. */

import {
  showYardstick,
  YARDSTICK_NAMES,
  YARDSTICKS,
  type YardstickName,
  type Yardsticks,
} from '../../learn/metrics/yardsticks';
import type { Validation } from '../../learn/training-progress';
import { drawCurves } from './curves';
import type { ReportData } from './data';
import { chart, element } from './elements';

const DRAWN: readonly YardstickName[] = ['harmonicError', 'envelopeMotion', 'frechetDistance'];

/** The result is empty when nothing was measured. */
export function yardstickTable({ best, yardsticks, heardAt }: ReportData): HTMLElement[] {
  const columns: readonly (readonly [title: string, values: Yardsticks])[] = [
    [`all held-out slices, step ${best?.step}`, best?.yardsticks ?? {}],
    [`the recordings below as played, step ${heardAt}`, yardsticks],
  ];
  const shown = columns.filter(([, values]) => Object.keys(values).length > 0);
  if (shown.length === 0) return [];
  const rows = YARDSTICK_NAMES.filter((name) => shown.some(([, values]) => values[name])).map((name) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, YARDSTICKS[name].label),
      ...shown.map(([, values]) => element('td', {}, showYardstick(name, values[name]))),
    ),
  );
  const head = element(
    'tr',
    {},
    element('td', {}),
    ...shown.map(([title]) => element('th', { scope: 'col' }, title)),
  );
  return [
    element('p', { class: 'muted' }, 'The best is 0, or what the recordings have.'),
    element(
      'div',
      { class: 'card wide', tabindex: '0', role: 'region', 'aria-label': 'yardsticks' },
      element('table', {}, element('thead', {}, head), element('tbody', {}, ...rows)),
    ),
  ];
}

/** Charts of the yardsticks that were measured at least once. */
export function yardstickCharts(validations: readonly Validation[]): HTMLElement[] {
  return DRAWN.filter((name) => validations.some(({ yardsticks }) => yardsticks?.[name])).map((name) =>
    chart(name, `Held-out ${YARDSTICKS[name].label}${isRatio(name) ? " (the recordings' is 1)" : ''}`),
  );
}

export function drawYardsticks(
  validations: readonly Validation[],
  colour: string,
  mark: number | undefined,
): void {
  for (const name of DRAWN) {
    const place = document.getElementById(name);
    if (!place) continue;
    const { label, digits, unit } = YARDSTICKS[name];
    const values = validations.map(({ yardsticks }) => {
      const measured = yardsticks?.[name];
      if (!measured) return null;
      return isRatio(name) ? measured.value / measured.recording : measured.value;
    });
    const steps = validations.map(({ step }) => step);
    const shown = { height: 180, digits, unit: isRatio(name) ? '' : unit, mark };
    drawCurves(place, steps, [{ label, colour, values }], shown);
  }
}

const isRatio = (name: YardstickName) => YARDSTICKS[name].kind === 'ratio';
