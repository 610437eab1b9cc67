/** Converts plain text to Markdown that shows it literally. */

/** Markdown readers turn URLs into links; escapes would break them. */
const ADDRESS = /(https?:\/\/[^\s<>"'`|\\[\]]+)/;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Escapes text so that it forms no HTML, links, emphasis, lists or headings. */
export function markdownText(text: string): string {
  // the text is split by a group, so every second part is a URL
  return text
    .split(ADDRESS)
    .map((part, i) => (i % 2 === 1 ? part : escaped(part)))
    .join('');
}

/** Escaped text in one line, for headings and table cells. */
export function markdownLine(text: string): string {
  return markdownText(text.replace(/[\s\p{Cc}]+/gu, ' ').trim());
}

/** Inline code, with more backticks than the text contains. */
export function markdownCode(text: string): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ');
  const marks = fenceFor(line, 1);
  const space = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${marks}${space}${line}${space}${marks}`;
}

/** A code block. */
export function markdownBlock(language: string, text: string): string {
  const marks = fenceFor(text, 3);
  return `${marks}${language}\n${text}\n${marks}`;
}

/** A fence of backticks: one more than the longest run in the text, and at least `least`. */
function fenceFor(text: string, least: number): string {
  return '`'.repeat(Math.max(least, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
}

function escaped(text: string): string {
  return (
    text
      .replace(/[\\`*~[\]]/g, '\\$&')
      // an underscore between letters is not emphasis
      .replace(/(?<!\p{L}|\p{N})_|_(?!\p{L}|\p{N})/gu, '\\_')
      .replace(/[&<>]/g, (mark) => ENTITIES[mark])
      // line starts: headings, lists and rules
      .replace(/^(\s*)([#+=-])/gm, '$1\\$2')
      .replace(/^(\s*\d+)([.)])/gm, '$1\\$2')
  );
}
