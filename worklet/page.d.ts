/** What preparing instruments uses of a page. An audio thread has neither, and prepares nothing. */

declare function setTimeout(callback: (value?: unknown) => void): void;
declare const performance: { now(): number };
