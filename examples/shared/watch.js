/** Says how the sound of a session is: that it plays, waits for a device, or has failed. */

import { say } from './page.js';

/** After this long without sound the page asks for a loudspeaker. */
const PATIENCE_MS = 4000;

/**
 * @param {import('./session.js').Session} session
 * @param {object} page
 * @param {() => boolean} page.current whether the session still plays
 * @param {(status: string) => void} page.show
 * @param {() => void} page.end stops the session
 */
export function watch({ context, node }, { current, show, end }) {
  const showState = () => show(context.state === 'running' ? 'Playing' : 'Waiting for the sound device …');
  node.onprocessorerror = () => {
    end();
    say('The sound stopped because of an error in the audio thread. Start it again.', 'error');
  };
  context.addEventListener('statechange', () => {
    if (current()) showState();
  });
  setTimeout(() => {
    if (current() && context.state !== 'running') {
      say('The browser has not started the sound. Is a loudspeaker or a headphone connected?', 'error');
    }
  }, PATIENCE_MS);
  showState();
}
