/** Opens a microphone as an instrument needs it: without the processing that calls use. */

import { messageOf } from '../errors';

export interface Microphone {
  /** connect this */
  readonly node: MediaStreamAudioSourceNode;
  readonly stream: MediaStream;
  /** the device's name, '' where the browser keeps it */
  readonly label: string;
  /** processing that the browser or the device kept on although it was asked not to: it harms the pitch */
  readonly unwanted: readonly Processing[];
  /** Disconnects it and lets go of the device. */
  close(): void;
}

export type Processing = 'echoCancellation' | 'noiseSuppression' | 'autoGainControl';

const PROCESSING: readonly Processing[] = ['echoCancellation', 'noiseSuppression', 'autoGainControl'];

/**
 * Asks for the default microphone (or `deviceId`). Call it from a click: browsers ask the user then.
 *
 * The context's sample rate must be its own (never forced): Firefox connects no microphone of another.
 *
 * @throws (rejects) with an Error whose message can be shown to a user; `cause` is the browser's
 */
export async function openMicrophone(context: AudioContext, deviceId?: string): Promise<Microphone> {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new Error(
      globalThis.isSecureContext === false
        ? 'The microphone is only available to secure pages. Open this page over https, or from localhost.'
        : 'This browser gives pages no access to a microphone.',
    );
  }
  const constraints: MediaTrackConstraints = {
    echoCancellation: false,
    noiseSuppression: false,
    autoGainControl: false,
  };
  if (deviceId) constraints.deviceId = { exact: deviceId };
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: constraints });
  } catch (cause) {
    throw new Error(explain(cause), { cause });
  }
  try {
    const node = context.createMediaStreamSource(stream);
    const [track] = stream.getAudioTracks();
    const settings = track.getSettings();
    return {
      node,
      stream,
      label: track.label,
      unwanted: PROCESSING.filter((name) => settings[name]),
      close() {
        node.disconnect();
        stop(stream);
      },
    };
  } catch (cause) {
    stop(stream);
    throw new Error(`The microphone could not be connected: ${messageOf(cause)}`, { cause });
  }
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function explain(cause: unknown): string {
  switch (cause instanceof Error ? cause.name : '') {
    case 'NotAllowedError':
      return (
        'The microphone was not allowed. Allow it in the browser’s site settings (the icon beside the ' +
        'address), and check that the system lets the browser use it.'
      );
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'No microphone was found. Connect one and try again.';
    case 'NotReadableError':
      return 'The microphone could not be opened. Another program may be using it: close that and try again.';
    case 'SecurityError':
      return 'This page may not use the microphone: its Permissions-Policy, or the frame it is in, forbids it.';
    default:
      return `The microphone could not be opened: ${messageOf(cause)}`;
  }
}
