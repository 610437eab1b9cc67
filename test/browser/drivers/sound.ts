/** Somewhere for a browser to play to, on machines without a sound card: a PulseAudio that drops what it gets. */

import { existsSync } from 'node:fs';
import { findProgram } from '../find-browsers.mjs';
import { start, temporaryFolder } from './process';

/** @returns null where PulseAudio is not installed */
export async function startSound(): Promise<{
  readonly env: NodeJS.ProcessEnv;
  close(): Promise<void>;
} | null> {
  const file = findProgram('pulseaudio');
  if (!file) return null;
  const { folder, remove } = temporaryFolder();
  const socket = `${folder}/native`;
  const program = start(
    file,
    [
      ...['-n', '--daemonize=no', '--exit-idle-time=-1', '--use-pid-file=no'],
      ...['-L', 'module-null-sink rate=48000'],
      ...['-L', `module-native-protocol-unix auth-anonymous=1 socket=${socket}`],
    ],
    { HOME: folder, XDG_RUNTIME_DIR: folder },
  );
  for (let tries = 0; !existsSync(socket) && tries < 200; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    env: { PULSE_SERVER: `unix:${socket}` },
    async close() {
      await program.end();
      remove();
    },
  };
}
