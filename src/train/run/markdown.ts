/** Plain text inside Markdown: whatever it holds is shown as it is. */

/** Readers of Markdown turn addresses into links by themselves; a backslash in one would break it. */
const ADDRESS = /(https?:\/\/[^\s<>"'`|\\[\]]+)/;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Text of one line or several; no HTML, link, emphasis or heading comes of it. */
export function markdownText(text: string): string {
  // a pattern with a group: every second part is an address
  return text
    .split(ADDRESS)
    .map((part, i) => (i % 2 === 1 ? part : escaped(part)))
    .join('');
}

/** The same in one line, for headings and cells of tables. */
export function markdownLine(text: string): string {
  return markdownText(text.replace(/[\s\p{Cc}]+/gu, ' ').trim());
}

/** A name in code style; longer marks than any inside. */
export function markdownCode(text: string): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ');
  const marks = fenceFor(line, 1);
  const space = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${marks}${space}${line}${space}${marks}`;
}

/** A block of code. */
export function markdownBlock(language: string, text: string): string {
  const marks = fenceFor(text, 3);
  return `${marks}${language}\n${text}\n${marks}`;
}

/** Backticks: more than stand anywhere in the text, and at least `least`. */
function fenceFor(text: string, least: number): string {
  return '`'.repeat(Math.max(least, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
}

function escaped(text: string): string {
  return (
    text
      .replace(/[\\`*~[\]]/g, '\\$&')
      // between letters it emphasises nothing
      .replace(/(?<!\p{L}|\p{N})_|_(?!\p{L}|\p{N})/gu, '\\_')
      .replace(/[&<>]/g, (mark) => ENTITIES[mark])
      // at the beginning of a line: headings, lists, rules and underlines of headings
      .replace(/^(\s*)([#+=-])/gm, '$1\\$2')
      .replace(/^(\s*\d+)([.)])/gm, '$1\\$2')
  );
}
