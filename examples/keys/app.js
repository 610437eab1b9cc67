/** The keys page: puts its parts together, and does what the user says. */

import { animate } from '../shared/canvas.js';
import { InstrumentChoice } from '../shared/instrument-choice.js';
import { bindSlider, Knobs } from '../shared/knobs.js';
import { Meter } from '../shared/meter.js';
import { actionQueue, clearNotice, element, quoted } from '../shared/page.js';
import { remember } from '../shared/remember.js';
import { Spectrogram } from '../shared/spectrogram.js';
import { Settings } from '../shared/storage.js';
import { Taking } from '../shared/taking.js';
import { Keyboard } from './keyboard.js';
import { midiIsThere, openMidi } from './midi-input.js';
import { Pad } from './pad.js';
import { Song } from './song.js';
import { Sound } from './sound.js';
import { Typing } from './typing.js';

/** MIDI controllers. */
const MODULATION = 1;
const EXPRESSION = 11;
const MONO = 126;
const POLY = 127;
/** A file that is longer is no song, bytes. */
const LARGEST_SONG = 2 ** 21;

const startButton = element('start', HTMLButtonElement);
const panic = element('panic', HTMLButtonElement);
const status = element('status', HTMLElement);
const bend = element('bend', HTMLInputElement);
const modulation = element('modulation', HTMLInputElement);
const expression = element('expression', HTMLInputElement);
const morph = element('morph', HTMLInputElement);
const velocity = element('velocity', HTMLInputElement);
const songName = element('song-name', HTMLElement);
const playSong = element('play-song', HTMLButtonElement);
const midiButton = element('midi', HTMLButtonElement);
const midiStatus = element('midi-status', HTMLElement);

const settings = new Settings('keys');
const given = new URLSearchParams(location.search);
const enqueue = actionQueue();
const first = new InstrumentChoice(element('model', HTMLSelectElement));
const second = new InstrumentChoice(element('second', HTMLSelectElement));
const knobs = new Knobs(element('knobs', HTMLElement), [
  'gain',
  'harmonics',
  'noise',
  'reverb',
  'detune',
  'vibrato',
  'attack',
  'portamento',
]);
const meter = new Meter(element('out-level', HTMLElement));
const spectrogram = new Spectrogram(element('spectrogram', HTMLCanvasElement));
const taking = new Taking('keys');

const sound = new Sound({
  loadModel: () => first.chosen.load(),
  loadSecond: async () => (second.list.value ? second.chosen.load() : null),
  started,
  stopping,
  show(text) {
    status.textContent = text;
  },
  end: () => enqueue(() => sound.stop()),
});
const keyboard = new Keyboard(element('keys', HTMLElement), { down: press, up: release });
const typing = new Typing({
  first: () => keyboard.middle,
  down: (note) => press(note, keyboard.velocity),
  up: release,
  shift: moveKeyboard,
});
const song = new Song(sound, showMessage, () => {
  playSong.textContent = 'Play the file';
  keyboard.clear();
});

/** @param {import('../shared/session.js').Session} session */
function started(session) {
  knobs.attach(session.node);
  taking.attach(session);
  session.node.morph.value = morph.valueAsNumber;
  sound.control(MODULATION, modulation.valueAsNumber);
  sound.control(EXPRESSION, expression.valueAsNumber);
  sound.control(chosenMode() === 'mono' ? MONO : POLY, 0);
  startButton.textContent = 'Stop';
  startButton.dataset.playing = '';
  panic.disabled = false;
}

async function stopping() {
  song.stop();
  keyboard.clear();
  await taking.end();
  for (const part of [knobs, taking]) part.attach(null);
  startButton.textContent = 'Start';
  delete startButton.dataset.playing;
  panic.disabled = true;
}

/** A note of a hand; the first one starts the sound. @param {number} note @param {number} loudness 1..127 */
function press(note, loudness) {
  keyboard.show(note, true);
  if (sound.session) sound.noteOn(note, loudness);
  else {
    enqueue(async () => {
      await sound.start();
      // it may have been let go while the sound began
      if (keyboard.isSounding(note)) sound.noteOn(note, loudness);
    });
  }
}

/** @param {number} note */
function release(note) {
  keyboard.show(note, false);
  sound.noteOff(note);
}

/** @param {ArrayLike<number>} bytes */
function showMessage(bytes) {
  const kind = bytes[0] & 0xf0;
  if (kind === 0x90 && bytes[2] > 0) keyboard.show(bytes[1], true);
  else if (kind === 0x80 || kind === 0x90) keyboard.show(bytes[1], false);
}

function chosenMode() {
  return document.querySelector('input[name=mode]:checked')?.getAttribute('value');
}

/** @param {number} octaves */
function moveKeyboard(octaves) {
  typing.releaseAll();
  keyboard.moveTo(keyboard.first + 12 * octaves);
  settings.set('first', String(keyboard.first));
  showLabels();
}

async function showLabels() {
  if (matchMedia('(hover: hover)').matches) keyboard.setLabels(await typing.labels());
}

function silence() {
  song.stop();
  sound.silence();
  keyboard.clear();
}

async function connectMidi() {
  clearNotice();
  await sound.start();
  await openMidi({
    received(bytes) {
      sound.midi(bytes);
      showMessage(bytes);
    },
    changed(names) {
      midiStatus.textContent =
        names.length > 0 ? `Connected: ${names.join(', ')}` : 'No MIDI keyboard is connected. Plug one in.';
    },
    lost: silence,
  });
  midiButton.hidden = true;
}

/** @param {File} file */
async function openSong(file) {
  clearNotice();
  if (file.size > LARGEST_SONG) throw new Error(`${quoted(file.name)} is too large to be a MIDI file.`);
  await song.read(file);
  songName.textContent = file.name;
  playSong.hidden = false;
  await sound.start();
  startSong();
}

function startSong() {
  if (!sound.session) return;
  keyboard.clear();
  song.play(sound.session.context.currentTime);
  playSong.textContent = 'Stop the file';
}

/** @param {number} seconds since the last picture */
function draw(seconds) {
  const { session } = sound;
  meter.draw(session?.output ?? null, seconds);
  if (taking.draw()) enqueue(() => taking.end());
  if (!session) return;
  spectrogram.draw(session.output, seconds);
  song.draw(session.context.currentTime);
}

/* What the user does */

startButton.addEventListener('click', () => enqueue(() => (sound.session ? sound.stop() : sound.start())));
element('record', HTMLButtonElement).addEventListener('click', () =>
  enqueue(() => taking.toggle(`Take, ${first.chosen.name}`)),
);
panic.addEventListener('click', silence);
midiButton.addEventListener('click', () => enqueue(connectMidi));
element('octave-down', HTMLButtonElement).addEventListener('click', () => moveKeyboard(-1));
element('octave-up', HTMLButtonElement).addEventListener('click', () => moveKeyboard(1));
playSong.addEventListener('click', () =>
  enqueue(async () => {
    if (song.playing) song.stop();
    else {
      await sound.start();
      startSong();
    }
  }),
);
element('song', HTMLInputElement).addEventListener('change', ({ target }) => {
  const picker = /** @type {HTMLInputElement} */ (target);
  const [file] = picker.files ?? [];
  if (file) enqueue(() => openSong(file));
  picker.value = '';
});
document.addEventListener('dragover', (event) => event.preventDefault());
document.addEventListener('drop', (event) => {
  event.preventDefault();
  const [file] = event.dataTransfer?.files ?? [];
  if (file) enqueue(() => openSong(file));
});
document.addEventListener('visibilitychange', () => {
  if (document.hidden) typing.releaseAll();
});
for (const { list } of [first, second]) {
  list.addEventListener('change', () => {
    settings.set(list.id, list.value);
    enqueue(() => (list === first.list ? sound.changeModel() : sound.changeSecond()));
  });
}
for (const choice of document.querySelectorAll('input[name=mode]')) {
  choice.addEventListener('change', () => sound.control(chosenMode() === 'mono' ? MONO : POLY, 0));
}
bend.addEventListener('input', () => {
  const value = Math.min(16383, Math.round(8192 * (1 + bend.valueAsNumber)));
  sound.midi([0xe0, value & 127, value >> 7]);
});
// as the wheel of a keyboard, it goes back when it is let go
for (const type of ['pointerup', 'keyup', 'blur']) {
  bend.addEventListener(type, () => {
    bend.valueAsNumber = 0;
    bend.dispatchEvent(new Event('input'));
  });
}
modulation.addEventListener('input', () => sound.control(MODULATION, modulation.valueAsNumber));
bindSlider(
  expression,
  element('expression-value', HTMLOutputElement),
  (value) => `${Math.round((value / 127) * 100)}%`,
);
expression.addEventListener('input', () => sound.control(EXPRESSION, expression.valueAsNumber));
bindSlider(morph, element('morph-value', HTMLOutputElement), (value) => `${Math.round(value * 100)}%`);
morph.addEventListener('input', () => {
  if (sound.session) sound.session.node.morph.value = morph.valueAsNumber;
});
bindSlider(velocity, element('velocity-value', HTMLOutputElement), String);
velocity.addEventListener('input', () => {
  keyboard.velocity = velocity.valueAsNumber;
});
element('reset', HTMLButtonElement).addEventListener('click', () => knobs.reset());
new Pad(element('pad', HTMLElement), morph, expression);

/* The page as it was left */

remember(settings, [...knobs.controls, velocity, morph], given);
keyboard.moveTo(Number(settings.get('first') ?? (matchMedia('(min-width: 700px)').matches ? 48 : 60)));
showLabels();
midiButton.hidden = !midiIsThere();
if (!midiIsThere())
  midiStatus.textContent = 'This browser has no Web MIDI. Chrome, Edge and Firefox have it.';
enqueue(async () => {
  await first.refresh(given.get('model') ?? settings.get('model'));
  await second.refresh(settings.get('second'));
  status.textContent = 'Ready';
  startButton.disabled = false;
});
animate(draw);
