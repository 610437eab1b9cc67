/** Figures of merit of held-out reconstructions. */

/** Distances between two sounds; 0 for equal sounds. */
export interface Distances {
  /** dB */
  readonly logSpectralDistance: number;
  /** share of the original's magnitudes, 0 and up */
  readonly spectralConvergence: number;
  /** dB */
  readonly loudnessError: number;
  /** dB */
  readonly mfccDistance: number;
}

export interface Figures extends Distances {
  /** what training minimises */
  readonly loss: number;
}

/** A figure that can select the best checkpoint; lower is better. */
export type FigureName = keyof Figures;

interface FigureText {
  readonly label: string;
  /** empty for dimensionless values */
  readonly unit: string;
  /** significant decimals */
  readonly digits: number;
}

/** In display order. */
export const FIGURES: Readonly<Record<FigureName, FigureText>> = {
  loss: { label: 'loss', unit: '', digits: 3 },
  logSpectralDistance: { label: 'log-spectral distance', unit: 'dB', digits: 2 },
  spectralConvergence: { label: 'spectral convergence', unit: '', digits: 3 },
  loudnessError: { label: 'loudness error', unit: 'dB', digits: 2 },
  mfccDistance: { label: 'MFCC distance', unit: 'dB', digits: 2 },
};

export const FIGURE_NAMES = Object.keys(FIGURES) as readonly FigureName[];

/** "6.12 dB"; a dash for NaN (null in JSON) */
export function showFigure(name: FigureName, value: number | null): string {
  const { unit, digits } = FIGURES[name];
  if (value === null || Number.isNaN(value)) return '–';
  return `${value.toFixed(digits)}${unit && ` ${unit}`}`;
}

export function scaleFigures(figures: Figures, factor: number): Figures {
  return mapFigures((name) => figures[name] * factor);
}

export function addFigures(a: Figures, b: Figures): Figures {
  return mapFigures((name) => a[name] + b[name]);
}

function mapFigures(value: (name: FigureName) => number): Figures {
  return Object.fromEntries(FIGURE_NAMES.map((name) => [name, value(name)])) as unknown as Figures;
}
