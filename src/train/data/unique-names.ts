/**
 * Makes names unique by numbering repeated ones, e.g. `note.wav (2)`. Recordings are identified by name.
 * @param taken names already in use
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
