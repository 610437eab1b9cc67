"""
The streaming module against `ddsp render`, which is `renderOffline`. Run `npm run build` first, then `pytest` here.
"""

import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from instrument import Instrument
from model_file import UnsupportedModel, checked_graph, read_model

ROOT = Path(__file__).resolve().parents[2]
CLI = ["node", str(ROOT / "dist/cli.js")]
AS_RECORDED = ["--register", "off", "--level", "off", "--gate", "off", "--filter", "off"]
MOST = 1e-4

# the tensors are small: threads would wait for one another
torch.set_num_threads(1)


def resampled(x: np.ndarray, rate: int, to: int) -> np.ndarray:
    count = int(len(x) * to / rate)
    return np.interp(np.arange(count) * rate / to, np.arange(len(x)), x).astype(np.float32)


def played(rate: int) -> np.ndarray:
    """A sung phrase, then what follows no rule: leaps, a growl, noise, clicks, silence that lets voices rest."""
    phrase, phrase_rate = soundfile.read(ROOT / "examples/live/phrase.wav", dtype="float32")
    random = np.random.default_rng(1)
    time = np.arange(rate // 2) / rate

    def tone(hz, level=0.3):
        phase = 2 * np.pi * np.cumsum(np.broadcast_to(hz, time.shape)) / rate
        return level * sum(np.sin(k * phase) / k for k in range(1, 8))

    growl = tone(220.0) * (1 - 0.3 * (np.floor(time * 220) % 2))
    parts = [
        resampled(phrase, phrase_rate, rate),
        tone(196.0), tone(392.0), tone(1200.0, 0.05), tone(82.0), tone(300 * 2**time + 6 * np.sin(40 * time)),
        growl, tone(440.0) + tone(554.4), 0.1 * random.standard_normal(rate // 2), 3 * tone(880.0),
        np.zeros(2 * rate), np.where(np.arange(rate // 2) % (rate // 7) == 0, 0.9, 0.0), tone(147.0),
        np.zeros(int(2.5 * rate)), tone(587.0) * time,
        # an octave below that grows within a note, an octave above, and a breathy beginning
        tone(440.0) + tone(220.0) * np.clip(2 * time - 0.3, 0, 1), np.zeros(rate // 2),
        tone(330.0) + tone(660.0) * np.clip(4 * time - 0.6, 0, 2), np.zeros(rate // 2),
        tone(262.0, 0.05) + 0.03 * random.standard_normal(rate // 2),
    ]  # fmt: skip
    return np.concatenate(parts).astype(np.float32)


def foreign(folder: Path) -> Path:
    """A checkpoint of realtimeDDSP: 16 kHz, pitch by YIN's rule, a noise filter longer than some hops."""
    out = folder / "foreign.safetensors"
    source = ROOT / "test/fixtures/import/realtime-ddsp/pl266-hpnir-h32.ckpt"
    subprocess.run([*CLI, "import", str(source), "--out", str(out)], check=True)
    return out


@pytest.fixture(scope="module", params=["violin", "saxophone", "cello", "foreign"])
def case(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    file = foreign(folder) if request.param == "foreign" else ROOT / f"models/{request.param}.safetensors"
    model = read_model(file)
    x = played(model.sample_rate)
    soundfile.write(folder / "in.wav", x, model.sample_rate, subtype="FLOAT")
    args = ["render", "--model", str(file), *AS_RECORDED, "--float"]
    subprocess.run([*CLI, *args, str(folder / "in.wav"), str(folder / "out.wav")], check=True)
    expected, _ = soundfile.read(folder / "out.wav", dtype="float32")
    return model, torch.from_numpy(x), expected


def stream(instrument, x: torch.Tensor, sizes) -> np.ndarray:
    padded = torch.cat([x, torch.zeros(instrument.latency)])
    pieces = []
    at = 0
    with torch.no_grad():
        while at < len(padded):
            size = int(next(sizes))
            pieces.append(instrument(padded[at : at + size]))
            at += size
    return torch.cat(pieces)[instrument.latency :].numpy()


def always(size: int):
    while True:
        yield size


def test_equals_the_offline_render(case):
    model, x, expected = case
    instrument = torch.jit.script(Instrument(model).eval())
    sound = stream(instrument, x, always(2048))
    difference = np.abs(sound - expected)
    level = np.sqrt((expected**2).mean())
    print(f"{model.about['name']}: at most {difference.max():.1e}, level {level:.2f}, {len(x) / model.sample_rate:.1f} s")
    assert level > 0.01
    assert difference.max() < MOST


def test_does_not_depend_on_how_the_stream_is_cut_and_begins_anew_after_reset(case):
    model, x, _ = case
    instrument = Instrument(model).eval()
    x = x[: 2 * model.sample_rate]
    whole = stream(instrument, x, always(len(x)))
    instrument.reset()
    random = np.random.default_rng(2)
    cut = stream(instrument, x, iter(lambda: random.integers(1, 700), None))
    assert np.array_equal(whole, cut)


def test_what_is_not_exported_is_named():
    with pytest.raises(UnsupportedModel, match="SawOscillator"):
        checked_graph([{"name": "saw", "type": "SawOscillator"}])
    with pytest.raises(UnsupportedModel, match="odd"):
        node = {"name": "n", "type": "FilteredNoise", "options": {"bands": 5, "odd": 1}}
        checked_graph([{"name": "h", "type": "Harmonic"}, node, {"name": "a", "type": "Add"}])
