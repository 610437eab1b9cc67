/** The play page: puts its parts together, and does what the user says. */

import { readModel, writeWav } from 'ddsp-worklet';
import { animate } from '../shared/canvas.js';
import { Devices } from '../shared/devices.js';
import { isForeign, paired } from '../shared/foreign.js';
import { looksLikeInstrument } from '../shared/instruments.js';
import { startOnSpace } from '../shared/keys.js';
import { bindSlider, Knobs } from '../shared/knobs.js';
import { actionQueue, clearNotice, element, quoted, say, sayError } from '../shared/page.js';
import { remember } from '../shared/remember.js';
import { Settings } from '../shared/storage.js';
import { Taking } from '../shared/taking.js';
import { Display } from './display.js';
import { FeedbackGuard } from './feedback.js';
import { Input } from './input.js';
import { InstrumentList } from './instrument-list.js';
import { ListeningPanel } from './listening-panel.js';
import { MatchingChoice } from './matching.js';
import { Player } from './player.js';
import { PlayerPanel } from './player-panel.js';
import { Position } from './position.js';
import { Rendering } from './rendering.js';
import { share } from './share.js';

const startButton = element('start', HTMLButtonElement);
const status = element('status', HTMLElement);
const original = element('original', HTMLInputElement);
const loop = element('loop', HTMLInputElement);
const drop = element('drop', HTMLElement);

const settings = new Settings('play');
const given = new URLSearchParams(location.search);
const enqueue = actionQueue();
const knobs = new Knobs(element('knobs', HTMLElement));
const matching = new MatchingChoice(
  { register: element('register', HTMLSelectElement), level: element('level', HTMLSelectElement) },
  {
    register: element('register-now', HTMLOutputElement),
    level: element('level-now', HTMLOutputElement),
  },
  element('lock', HTMLInputElement),
);
const listening = new ListeningPanel(() => enqueue(changeListening));
const playerPanel = new PlayerPanel(settings);
const instruments = new InstrumentList(() => enqueue(changeInstrument));
const devices = new Devices({
  input: () => enqueue(changeSource),
  output: () =>
    enqueue(async () => {
      if (player.session) await devices.useOutput(player.session.context);
    }),
});
const input = new Input(devices, () => {
  settings.set('source', input.chosen);
  enqueue(changeSource);
});
const rendering = new Rendering(() => renderFile().catch(sayError));
const display = new Display();
const position = new Position();
const taking = new Taking('play');
const player = new Player({
  openSource: (context) => input.open(context),
  loadModel: () => instruments.chosen.load(),
  listening: () => listening.options,
  useOutput: (context) => devices.useOutput(context),
  started,
  stopping,
  show(text) {
    status.textContent = text;
  },
  end: () => enqueue(() => player.stop()),
});

/** What is left of the volume after feedback. */
const QUIETER = 0.25;

/** null: the user said that it is no feedback @type {FeedbackGuard | null} */
let guard = null;
/** What sounded last: a choice that fails goes back to it. */
let sounding = { instrument: '', source: input.chosen };

/** @param {import('../shared/session.js').Session} session */
function started(session) {
  guard = new FeedbackGuard();
  knobs.attach(session.node);
  matching.attach(session.node);
  playerPanel.attach(session.node);
  listening.keep();
  display.attach(session);
  taking.attach(session);
  session.setOriginal(original.valueAsNumber / 100);
  startButton.textContent = 'Stop';
  startButton.dataset.playing = '';
  sounding = { instrument: instruments.chosen.id, source: input.chosen };
  instruments.describe(session.node.model);
}

async function stopping() {
  await taking.end();
  for (const part of [knobs, matching, playerPanel, display, taking]) part.attach(null);
  startButton.textContent = 'Start';
  delete startButton.dataset.playing;
}

async function changeSource() {
  clearNotice();
  if (!player.session || (input.chosen === 'file' && !input.file)) return;
  try {
    await player.changeSource();
    sounding.source = input.chosen;
  } catch (error) {
    input.choose(sounding.source);
    throw error;
  }
}

async function changeListening() {
  clearNotice();
  try {
    await player.changeListening();
  } catch (error) {
    listening.revert();
    throw error;
  }
}

async function changeInstrument() {
  clearNotice();
  settings.set('model', instruments.chosen.id);
  const { session } = player;
  if (!session) {
    instruments.describe(readModel(await instruments.chosen.load()));
    return;
  }
  try {
    await player.changeModel();
  } catch (error) {
    instruments.choose(sounding.instrument);
    throw error;
  }
  sounding.instrument = instruments.chosen.id;
  instruments.describe(session.node.model);
  display.showRange(session);
}

/** @param {Iterable<File>} files that were chosen together */
function addAll(files) {
  for (const { file, config } of paired([...files])) enqueue(() => add(file, config));
}

/** @param {File} file @param {File} [config] that belongs to it */
async function add(file, config) {
  if (looksLikeInstrument(file)) {
    const imported = isForeign(file.name);
    if (imported) say(`${quoted(file.name)} is read …`, 'info');
    await instruments.open(file, config);
    await changeInstrument();
    if (imported) {
      say(
        `${quoted(file.name)} is one of your instruments now. Download it as .safetensors to keep it. Ask its maker before you share it.`,
        'info',
      );
    }
  } else {
    await input.add(file);
    rendering.offer(true);
    await changeSource();
  }
}

async function renderFile() {
  const { file } = input;
  if (!file) return;
  clearNotice();
  const { chosen } = instruments;
  const options = { ...knobs.values, matching: matching.options, listening: listening.options };
  const rendered = await rendering.run(file, await chosen.load(), options);
  if (!rendered) return;
  const { played, sampleRate } = rendered;
  const seconds = played.length / sampleRate;
  await taking.keep({
    name: `${file.name}, ${chosen.name}`,
    sound: writeWav(played, sampleRate).buffer,
    seconds,
  });
}

function stopHowling() {
  const volume = knobs.valueOf('gain');
  knobs.set('gain', volume * QUIETER);
  say(
    'The loudspeaker seems to reach the microphone, so the volume was turned down. Wear headphones, or move the two apart.',
    'error',
    {
      label: 'It is no feedback: louder again',
      act() {
        guard = null;
        knobs.set('gain', volume);
        clearNotice();
      },
    },
  );
}

/** @param {number} seconds since the last picture */
function draw(seconds) {
  const { session } = player;
  display.draw(seconds, knobs.valueOf('pitchShift'));
  position.draw(session?.source?.player ?? null);
  matching.show(session ? display.frame : null);
  listening.show(session ? display.frame : null);
  playerPanel.draw(seconds);
  if (taking.draw()) enqueue(() => taking.end());
  if (!session || sounding.source !== 'microphone') return;
  if (guard?.check(display.inputLevel, session.reduction, seconds)) stopHowling();
}

/* What the user does */

startButton.addEventListener('click', () => enqueue(() => (player.session ? player.stop() : player.start())));
element('record', HTMLButtonElement).addEventListener('click', () =>
  enqueue(() => taking.toggle(`Take, ${instruments.chosen.name}`)),
);
loop.addEventListener('change', () => {
  const playing = player.session?.source?.player;
  if (playing) playing.loop = loop.checked;
});
element('reset', HTMLButtonElement).addEventListener('click', () => {
  knobs.reset();
  matching.reset();
});
element('share', HTMLButtonElement).addEventListener('click', () =>
  enqueue(() => share(instruments.chosen, [...knobs.changed, ...matching.changed, ...listening.changed])),
);
element('forget', HTMLButtonElement).addEventListener('click', () =>
  enqueue(async () => {
    await instruments.forget(instruments.chosen.id);
    await changeInstrument();
  }),
);
bindSlider(original, element('original-value', HTMLOutputElement), (value) => `${value}%`);
original.addEventListener('input', () => player.session?.setOriginal(original.valueAsNumber / 100));
for (const id of ['file', 'model-file']) {
  const picker = element(id, HTMLInputElement);
  picker.addEventListener('change', () => {
    addAll(picker.files ?? []);
    picker.value = '';
  });
}

document.addEventListener('dragover', (event) => {
  event.preventDefault();
  drop.dataset.over = '';
});
document.addEventListener('dragleave', () => delete drop.dataset.over);
document.addEventListener('drop', (event) => {
  event.preventDefault();
  delete drop.dataset.over;
  addAll(event.dataTransfer?.files ?? []);
});
element('listening-reset', HTMLButtonElement).addEventListener('click', () => listening.reset());
startOnSpace(startButton);

/* The page as it was left, or as a link says */

element('spectrum', HTMLDetailsElement).open = matchMedia('(min-height: 700px)').matches;
const { register, level } = matching.lists;
remember(
  settings,
  [...knobs.controls, ...listening.controls, register, level, matching.lock, original, loop],
  given,
);
enqueue(async () => {
  await instruments.refresh(given.get('own') ?? settings.get('model'));
  const link = given.get('model');
  if (link) await instruments.follow(link);
});
enqueue(() => {
  const source = given.get('source') ?? settings.get('source');
  // a file is not kept, so there is none yet
  if (source === 'microphone') input.choose(source);
  status.textContent = 'Ready';
  startButton.disabled = false;
});
animate(draw);
