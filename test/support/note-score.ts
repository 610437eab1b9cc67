/** How well notes that were found agree with notes that were annotated. */

export interface ScoredNote {
  /** seconds */
  readonly onset: number;
  /** MIDI note number with fractions */
  readonly pitch: number;
}

export interface NoteScore {
  readonly precision: number;
  readonly recall: number;
  readonly f: number;
}

/** Both are those of MIREX and mir_eval. */
const SECONDS = 0.05;
const CENTS = 50;

/** Each note is matched with one at most, so that as many as can be are. */
export function scoreNotes(
  truth: readonly ScoredNote[],
  found: readonly ScoredNote[],
  { seconds = SECONDS, cents = CENTS } = {},
): NoteScore {
  const near = truth.map(({ onset, pitch }) =>
    found.flatMap((note, i) =>
      Math.abs(note.onset - onset) <= seconds && 100 * Math.abs(note.pitch - pitch) <= cents ? [i] : [],
    ),
  );
  const partner = new Map<number, number>();
  const match = (one: number, tried: Set<number>): boolean =>
    near[one].some((other) => {
      if (tried.has(other)) return false;
      tried.add(other);
      const taken = partner.get(other);
      if (taken !== undefined && !match(taken, tried)) return false;
      partner.set(other, one);
      return true;
    });
  const hits = truth.filter((_, one) => match(one, new Set())).length;
  const precision = hits / found.length;
  const recall = hits / truth.length;
  return { precision, recall, f: (2 * hits) / (found.length + truth.length) };
}
