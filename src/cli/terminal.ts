/** Safe output to a terminal. */

/** Control characters (C0, DEL, C1), and characters that change the direction of text or are invisible. */
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/**
 * Escapes text from outside, such as file names. It cannot move the cursor, break the line or disguise itself.
 */
export function printable(text: string): string {
  return text.replace(UNSAFE, (mark) => {
    const code = mark.codePointAt(0)!;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** JSON without raw control characters; parsing it gives the same value. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(UNSAFE, (mark) => {
    if (mark === '\n') return mark;
    return `\\u${mark.codePointAt(0)!.toString(16).padStart(4, '0')}`;
  });
}

/** Prints a line to stderr. Only the result of a command goes to stdout. */
export function say(line: string): void {
  process.stderr.write(`${printable(line)}\n`);
}
