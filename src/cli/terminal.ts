/** Everything that commands print. */

/** Controls (C0, DEL, C1), and marks that reorder or hide what stands beside them. */
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/**
 * Text from elsewhere, such as a file's name, for a terminal: it must not move the cursor, end the line, or look
 * like something else.
 */
export function printable(text: string): string {
  return text.replace(UNSAFE, (mark) => {
    const code = mark.codePointAt(0)!;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** JSON that is the same when it is read back. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(UNSAFE, (mark) => {
    if (mark === '\n') return mark;
    return `\\u${mark.codePointAt(0)!.toString(16).padStart(4, '0')}`;
  });
}

/** Prints a line to stderr, which is where everything goes that is not a command's result. */
export function say(line: string): void {
  process.stderr.write(`${printable(line)}\n`);
}
