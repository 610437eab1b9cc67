/** Programs that tests start, and that end with them. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';

/** An empty folder of its own; `remove` deletes it with what is in it. */
export function temporaryFolder(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ddsp-'));
  // a program that is being ended may still be writing
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

export interface Program {
  /**
   * Resolves to what `pattern` finds in what the program says.
   *
   * @throws (rejects) with all it said when it ends before, or says nothing of the kind for 30 s
   */
  says(pattern: RegExp): Promise<RegExpMatchArray>;
  /** Ends it and waits until it has ended. */
  end(): Promise<void>;
}

/** Starts `file`; its stdout and stderr are heard by `says`, and so is its third pipe. */
export function start(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Program {
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    // a group of its own: browsers are several processes, which do not all end with the first
    detached: true,
  });
  const kill = () => killGroup(child);
  process.once('exit', kill);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  }).then(() => process.off('exit', kill));
  let text = '';
  child.once('error', (error) => {
    text += error.message;
  });
  for (const stream of child.stdio.slice(1)) {
    stream?.on('data', (data) => {
      text += data;
      // nobody asks later
      if (text.length > 100_000) text = text.slice(-10_000);
    });
  }
  return {
    async says(pattern) {
      const until = Date.now() + 30_000;
      while (Date.now() < until) {
        const found = text.match(pattern);
        if (found) return found;
        if (child.exitCode !== null || child.pid === undefined) break;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(`${file} did not say ${pattern}:\n${text}`);
    },
    end: () => endProcess(child, ended),
  };
}

async function endProcess(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode === null && child.pid !== undefined) child.kill();
  const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
  await ended;
  clearTimeout(timer);
  killGroup(child);
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // all of it has ended
  }
}

/** A port that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
