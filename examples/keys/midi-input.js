/** MIDI keyboards and controllers, by the browser's Web MIDI. The library that wraps it loads when it is asked for. */

/**
 * @typedef {object} Wishes
 * @property {(bytes: Uint8Array) => void} received a message of a device
 * @property {(names: string[]) => void} changed the devices that are connected
 * @property {() => void} lost a device was unplugged: its notes would hang
 */

export function midiIsThere() {
  return 'requestMIDIAccess' in navigator;
}

/**
 * Asks for the devices, and passes on what they send, now and when they are plugged in later.
 * @param {Wishes} wishes
 * @throws an Error in the user's words
 */
export async function openMidi({ received, changed, lost }) {
  const { WebMidi } = await import('webmidi');
  const receive = (/** @type {{ message: { data: number[] } }} */ { message }) => {
    received(Uint8Array.from(message.data));
  };
  const listen = () => {
    for (const input of WebMidi.inputs) {
      input.removeListener('midimessage', receive);
      input.addListener('midimessage', receive);
    }
    changed(WebMidi.inputs.map(({ name }) => name));
  };
  try {
    await WebMidi.enable();
  } catch (cause) {
    throw new Error('The browser gave no access to MIDI. Allow it in the settings of this page.', { cause });
  }
  WebMidi.addListener('connected', listen);
  WebMidi.addListener('disconnected', () => {
    lost();
    listen();
  });
  listen();
}
