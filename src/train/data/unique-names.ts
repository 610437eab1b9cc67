/**
 * Names that are all different: one that was there before gets a number, as in `note.wav (2)`. Recordings are
 * told apart by their names.
 * @param taken names that others have already
 */
export function uniqueNames(names: readonly string[], taken: Iterable<string> = []): string[] {
  const given = new Set(names);
  const used = new Set(taken);
  return names.map((name) => {
    let unique = name;
    for (let i = 2; used.has(unique); i++) {
      const next = `${name} (${i})`;
      if (!given.has(next)) unique = next;
    }
    used.add(unique);
    return unique;
  });
}
