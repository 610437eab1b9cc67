/** Draws curves over steps. The legend follows the pointer; drag to zoom, double-click to reset. Pages only. */

import UPlot from 'uplot';

export interface Curve {
  readonly label: string;
  /** a CSS colour */
  readonly colour: string;
  /** one value per step; null: no value */
  readonly values: readonly (number | null)[];
}

export interface CurvesOptions {
  readonly height: number;
  /** logarithmic vertical axis; requires values above 0 */
  readonly logarithmic?: boolean;
  readonly digits: number;
  readonly unit?: string;
  /** step to mark */
  readonly mark?: number;
}

/** Fills the width of `host` and follows its changes. */
export function drawCurves(
  host: HTMLElement,
  steps: readonly number[],
  curves: readonly Curve[],
  { height, logarithmic = false, digits, unit = '', mark }: CurvesOptions,
): void {
  const style = getComputedStyle(host);
  const [ink, line] = ['--muted', '--line'].map((name) => style.getPropertyValue(name));
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  const show = (_plot: UPlot, value: number | null) =>
    value === null ? '–' : `${value.toFixed(digits)}${unit && ` ${unit}`}`;
  const plot = new UPlot(
    {
      width: host.clientWidth,
      height,
      scales: { x: { time: false }, y: { distr: logarithmic ? 3 : 1 } },
      axes: [
        { ...axis, size: 32 },
        { ...axis, size: 52, values: logarithmic ? (_plot, ticks) => ticks.map(shortTick) : undefined },
      ],
      series: [
        { label: 'step', value: (_plot, value) => value ?? '–' },
        ...curves.map(({ label, colour, values }) => ({
          label,
          stroke: colour,
          width: 1.75,
          spanGaps: true,
          points: { show: values.filter((value) => value !== null).length < 3, size: 6 },
          value: show,
        })),
      ],
      hooks: { drawClear: mark === undefined ? [] : [(chart) => markStep(chart, mark, ink)] },
    },
    [steps as number[], ...curves.map(({ values }) => values as (number | null)[])],
    host,
  );
  new ResizeObserver(() => plot.setSize({ width: host.clientWidth, height })).observe(host);
}

/** uPlot passes null for omitted ticks of a logarithmic axis. */
function shortTick(value: number | null): string {
  if (value === null) return '';
  return value < 0.01 ? value.toExponential() : String(Number(value.toPrecision(3)));
}

function markStep({ ctx, bbox, valToPos }: UPlot, step: number, colour: string): void {
  const x = Math.round(valToPos(step, 'x', true));
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}
