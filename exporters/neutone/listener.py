"""
From what the analysis finds to the pitch and loudness that are played: src/analysis/follower.ts, with the gate off.
"""

import math
from typing import Final

from torch import Tensor, nn

from analyser import FIRST_F0, FLOOR, Analyser, log2

FORGETTING = 50.0
CONFIRM = 0.02
YOUNG = 0.05
PATIENCE = 0.02
PERIODS = 2.5
FADE = 300.0
HOLD = 0.1


def rounded(value: float) -> int:
    return int(math.floor(value + 0.5))


class Listener(nn.Module):
    """After `next`: `f0` (Hz), `loudness` (dB) and `voiced`, as they are played."""

    FLOOR: Final[float] = FLOOR
    FIRST_F0: Final[float] = FIRST_F0
    LIKELY: Final[float] = 0.55
    FADING: Final[float] = 4.0
    FAINT: Final[float] = 12.0
    SURE: Final[float] = 0.9
    SURER: Final[float] = 0.95
    LEAP: Final[float] = 7 / 12
    FITS: Final[float] = 0.25
    SMALLEST: Final[int] = 6
    EXACT: Final[float] = 0.05
    SAME: Final[float] = 1 / 12
    UNCLEAR: Final[float] = 0.08
    LOWER: Final[float] = 1.6
    NOTHING: Final[float] = 0.95
    HIGHER: Final[float] = 0.5
    GONE: Final[float] = 200.0
    NEVER: Final[int] = 2**53

    def __init__(self, analyser: Analyser, hop: int):
        super().__init__()
        self.analyser = analyser
        frame = hop / analyser.sample_rate
        self.reach = math.ceil(analyser.window / hop)
        self.confirm = max(rounded(CONFIRM / frame), 1)
        self.young = rounded(YOUNG / frame)
        self.patience = rounded(PATIENCE / frame)
        self.lowest = PERIODS * analyser.sample_rate / analyser.window
        self.hold = HOLD / frame
        self.forgetting = FORGETTING * frame
        self.fading = FADE * frame
        self.reset()

    def reset(self) -> None:
        self.f0 = self.FIRST_F0
        self.loudness = self.FLOOR
        self.voiced = False
        self.sure = self.FIRST_F0
        self.age = 0
        self.unvoiced = self.NEVER
        self.continues = False
        self.waited = 0
        self.waiting = False
        self.contested = 0
        self.before = self.FLOOR
        self.level = self.FLOOR
        self.fade = self.GONE

    def next(self, window: Tensor) -> None:
        self.analyser.run(window)
        loudness = self.analyser.loudness
        self.level = max(loudness, self.level - self.forgetting)
        faint = loudness < self.level - self.FAINT
        self.continues = not faint and (self.continues or self.analyser.f0 > 0)
        self.waiting = False
        hz = self.note()
        self.voiced = hz > 0
        if self.voiced:
            self.play(hz)
        else:
            self.unsure()
        self.loudness = max(loudness - self.fade, self.FLOOR)
        self.waited = self.waited + 1 if self.waiting else 0
        self.before = loudness

    def note(self) -> float:
        """Hz of the note that goes on or begins in this frame; 0 if there is none."""
        if self.unvoiced > self.reach:
            return self.beginning()
        if self.analyser.f0 == 0 or self.is_tail():
            return 0.0
        return self.analyser.f0 * self.correction(self.analyser.f0)

    def beginning(self) -> float:
        f0 = self.analyser.f0
        begins = f0 > 0
        if begins and self.is_tail():
            return 0.0
        pulses = f0 < self.lowest and self.contested < self.confirm
        if begins and not pulses and (self.contested >= self.patience or not self.is_contested()):
            self.contested = 0
            self.age = 0
            return f0
        if begins or self.contested > 0:
            self.contested += 1
        return 0.0

    def is_contested(self) -> bool:
        """Whether a note of another octave, or a twelfth above, may be beginning."""
        f0 = self.analyser.f0
        doubt = self.analyser.doubt_at(f0)
        if doubt <= self.UNCLEAR:
            return False
        above = min(self.analyser.doubt_at(2 * f0), self.analyser.doubt_at(3 * f0))
        if above < self.HIGHER:
            return True
        return above >= self.NOTHING and self.analyser.doubt_at(f0 / 2) < min(self.LOWER * doubt, 1.0)

    def play(self, hz: float) -> None:
        if abs(log2(hz / self.sure)) > self.SAME:
            self.age = 0
        self.f0 = hz
        self.sure = hz
        self.age += 1
        self.unvoiced = 0
        self.fade = 0.0

    def unsure(self) -> None:
        guess, confidence, loudness = self.analyser.guess, self.analyser.confidence, self.analyser.loudness
        self.unvoiced += 1
        between = self.continues and self.unvoiced <= self.reach and loudness > self.level - self.FADING
        likely = guess > 0 and confidence > self.LIKELY
        self.f0 = self.sure
        if between and likely and self.correction(guess) == 1:
            self.f0 = guess
        if self.unvoiced > self.hold:
            self.fade = min(self.fade + self.fading, self.GONE)

    def is_tail(self) -> bool:
        """Whether a leap comes out of a sound that has nearly gone."""
        confidence, loudness = self.analyser.confidence, self.analyser.loudness
        faint = confidence <= self.SURE and loudness <= self.level - self.FAINT
        falls = confidence <= self.SURER and loudness < self.level - self.FADING and loudness < self.before
        return (faint or falls) and abs(log2(self.analyser.guess / self.sure)) > self.LEAP

    def correction(self, hz: float) -> float:
        """What `hz` must be multiplied by if it is a fraction, or a multiple, of the note that sounds; else 1."""
        if self.unvoiced > self.reach or self.age < self.young:
            return 1.0
        octaves = log2(hz / self.sure)
        whole = rounded(math.pow(2.0, abs(octaves)))
        if whole < 2 or whole > self.SMALLEST or abs(abs(octaves) - log2(float(whole))) > self.EXACT:
            return 1.0
        if octaves > 0:
            if self.rises(hz, whole):
                return 1.0
        elif self.falls(hz * whole):
            return 1.0
        self.waiting = True
        return 1.0 / whole if octaves > 0 else float(whole)

    def falls(self, sounding: float) -> bool:
        """Whether a fraction of the pitch that sounds is another note."""
        return self.waited >= self.confirm or self.analyser.doubt_at(sounding) >= self.FITS

    def rises(self, hz: float, whole: int) -> bool:
        """Whether a multiple of the pitch that sounds is another note."""
        loudness = self.analyser.loudness
        fades = loudness < self.level - self.FADING and loudness < self.before
        return not fades or self.analyser.doubt_at(hz) <= self.analyser.doubt_at(hz / whole)
