"""
One frame of analysis: f0, confidence and loudness of a window of samples.

The definitions are those of src/analysis/analyser.ts and src/kernels/analysis: the difference function of YIN
(de Cheveigne & Kawahara 2002), the doubt u = d / (energy of both windows) of McLeod & Wyvill (2005), and A-weighted
power. Everything compiles to TorchScript.
"""

import math
from typing import Final, List

import torch
from torch import Tensor, nn

from exact_fft import ExactFft

FLOOR = -80.0
FIRST_F0 = 440.0

# Hz: what is higher is a whistle, which is a clear tone; no voice growls higher
CLEAR_ABOVE = 2000.0
GROWL_BELOW = 1000.0


def log2(x: float) -> float:
    return math.log(x) / math.log(2.0)


def a_weighting(hz: Tensor) -> Tensor:
    """dB relative to 1 kHz (IEC 61672-1), never below -80."""
    f2 = hz * hz
    a, b, c, d = (corner * corner for corner in (20.598997, 107.65265, 737.86223, 12194.217))
    response = (d * f2 * f2) / ((f2 + a) * torch.sqrt((f2 + b) * (f2 + c)) * (f2 + d))
    return torch.clamp(20 * torch.log10(response) + 2, min=-80.0)


def bin_weights(window: int, sample_rate: int) -> Tensor:
    """What the bins of a window's transform count for: the mean of A-weighted power."""
    hz = torch.arange(window // 2 + 1, dtype=torch.float64) * sample_rate / window
    return 10 ** (a_weighting(hz) / 10) / (window // 2 + 1)


def padded_weights(weights: Tensor, window: int, fft: ExactFft) -> Tensor:
    """The same for the bins of the padded transform, as rows of four (src/analysis/loudness.ts)."""
    size = 2 * fft.m
    padded = torch.zeros(size // 2 + 4)
    if size % window == 0:
        padded[: size // 2 + 1 : size // window] = weights.float()
        return padded.reshape(-1, 4)
    lags = torch.arange(window, dtype=torch.float64)
    bins = torch.arange(window // 2 + 1, dtype=torch.float64)
    g = (torch.cos(2 * math.pi * torch.remainder(torch.outer(lags, bins), window) / window) @ weights).float()
    by_lag = torch.cat([g, torch.zeros(size - 2 * window + 1), g[1:].flip(0)])
    re, _ = fft.spectrum(by_lag)
    twice = torch.full([size // 2 + 1], 2.0)
    twice[0] = 1.0
    twice[-1] = 1.0
    padded[: size // 2 + 1] = re * twice / size
    return padded.reshape(-1, 4)


def vertex(a: float, b: float, c: float, h: float) -> float:
    """Where the parabola through (-h, a), (0, b), (h, c) is lowest; 0 if it has no lowest point."""
    curvature = a - 2 * b + c
    return (0.5 * h * (a - c)) / curvature if curvature > 0 else 0.0


class Analyser(nn.Module):
    """Results of the last `run`: `f0` (Hz, 0 = unvoiced), `guess` (Hz), `confidence` (0 to 1), `loudness` (dB)."""

    FLOOR: Final[float] = FLOOR
    RELATIVE: Final[float] = 0.85
    ROUNDING: Final[float] = 1e-4
    SHALLOW: Final[float] = 0.95
    NARROW: Final[float] = 0.25
    TONE: Final[float] = 0.3
    BESIDE: Final[float] = 0.06
    REACH: Final[int] = 8
    SHORTEST: Final[int] = 2
    CLEAR: Final[float] = 0.1
    TURNED: Final[float] = 0.5
    PHASES: Final[int] = 32
    CHORD_BELOW: Final[float] = 500.0
    NOTE_LOW_SHARE: Final[float] = 0.022
    CHORD_LOW_SHARE: Final[float] = 0.012
    GROWL: Final[float] = 0.2
    ALIKE: Final[float] = 0.1
    ALIKE_ROUNDING: Final[float] = 0.001
    NEAR: Final[float] = 2.0 ** (1 / 24)
    MEAN_ROUNDING: Final[float] = 3e-7
    SILENT: Final[float] = 1e-12

    doubt: List[float]
    normalised: List[float]
    dips: List[int]

    def __init__(self, sample_rate: int, window: int, pitch_min: float, pitch_max: float, threshold: float, dip: str):
        super().__init__()
        self.sample_rate = float(sample_rate)
        self.window = window
        self.threshold = threshold
        self.first_dip = dip == "first"
        self.shortest = max(math.ceil(sample_rate / pitch_max), 2)
        self.longest = min(math.ceil(sample_rate / pitch_min) - 1, 3 * window // 4)
        self.lags = min(self.longest + 1 + self.REACH, window)
        self.clear = max(math.ceil(sample_rate / CLEAR_ABOVE), self.shortest)
        self.shortest_growl = math.ceil(sample_rate / GROWL_BELOW)
        self.size = max(1 << (2 * window - 1).bit_length(), 32)
        self.fft = ExactFft(self.size)
        weights = bin_weights(window, sample_rate)
        self.register_buffer("weights", padded_weights(weights, window, self.fft))
        self.mean_weight = float(weights[0]) * window**2
        self.register_buffer("taus", torch.arange(self.lags, dtype=torch.float64))
        self.f0 = 0.0
        self.guess = 0.0
        self.confidence = 0.0
        self.loudness = self.FLOOR
        self.samples = torch.zeros(window, dtype=torch.float64)
        self.doubt = [1.0]
        self.normalised = [1.0]
        self.dips = [0]

    def run(self, x: Tensor) -> None:
        """`x`: the window's samples."""
        self.loudness = self.FLOOR
        self.f0 = 0.0
        self.guess = 0.0
        self.confidence = 0.0
        if float(x.abs().max()) < self.SILENT:
            return
        mean = float(x.double().mean())
        y = x - mean
        y = torch.where(y.abs() > self.MEAN_ROUNDING * abs(mean), y, torch.zeros_like(y))
        spectrum = self.fft.power(torch.cat([y, torch.zeros(self.size - self.window)]))
        power = self.weighted(spectrum) + self.mean_weight * mean * mean
        self.loudness = max(10 * math.log10(power), self.FLOOR) if power > 0 else self.FLOOR
        if self.loudness > self.FLOOR:
            self.samples = y.double()
            self.measure(spectrum)
            if self.first_dip:
                self.find_first()
            else:
                self.find_clear()

    def weighted(self, power: Tensor) -> float:
        """Four sums side by side, in the engine's order: whether a steady tone fades depends on the last bit."""
        products = torch.cat([power, torch.zeros(3)]).reshape(-1, 4) * self.weights
        total = torch.zeros(4)
        for row in products.unbind(0):
            total += row
        return float((total[0] + total[1]) + (total[2] + total[3]))

    def measure(self, power: Tensor) -> None:
        """The difference function, normalised in both ways, and where it dips. `power`: of the padded window."""
        r = self.fft.correlation(power)[: self.lags]
        squares = self.samples * self.samples
        ends = (squares + squares.flip(0))[: self.lags - 1].cumsum(0)
        energy = 2 * squares.sum() - torch.cat([torch.zeros(1, dtype=torch.float64), ends])
        difference = torch.clamp(energy - 2 * r.double(), min=0.0)
        difference[0] = 0.0
        sums = difference.cumsum(0)
        normalised = torch.where(sums > 0, difference * self.taus / sums, torch.ones_like(sums)).float()
        d = difference.float()
        both = 2 * r + d
        u = torch.where(both > 0, d / both, torch.ones_like(d))
        inner = u[1:-1]
        dips = (inner < self.SHALLOW) & (inner < u[:-2]) & (inner <= u[2:])
        lags: List[int] = (torch.nonzero(dips).flatten() + 1).tolist()
        doubt: List[float] = u.double().tolist()
        values: List[float] = normalised.double().tolist()
        self.dips = lags
        self.doubt = doubt
        self.normalised = values

    def find_first(self) -> None:
        """YIN's rule: the first lag whose d' is below the threshold, then downhill."""
        values = self.normalised
        lowest = math.inf
        lag = 0
        for at in range(self.shortest, self.longest + 1):
            lowest = min(lowest, values[at])
            if values[at] < self.threshold:
                lag = at
                break
        if lag == 0:
            self.confidence = min(max(1 - lowest, 0.0), 1.0)
            return
        while lag < self.longest and values[lag + 1] < values[lag]:
            lag += 1
        self.confidence = min(max(1 - values[lag], 0.0), 1.0)
        self.guess = self.sample_rate / self.refined(lag)
        self.f0 = self.guess

    def find_clear(self) -> None:
        """The first dip that is clear beside the lowest one."""
        found = self.clear_lag()
        if found == 0:
            return
        lag = self.period(abs(found))
        period = self.refined(lag)
        at_lag = self.doubt[lag]
        share = min(self.depth_at(lag, period) / at_lag, 1.0) if at_lag > 0 else 0.0
        self.guess = self.sample_rate / period
        self.confidence = max(1 - share * self.normalised[lag], 0.0)
        if found < 0:
            self.confidence = 0.0
        if self.guess < self.CHORD_BELOW and self.confidence > 0:
            self.confidence *= self.oneness(int(math.floor(period + 0.5)))
        if self.confidence > 1 - self.threshold:
            self.f0 = self.guess

    def clear_lag(self) -> int:
        """The whole lag nearest to the period; 0: none; negative: the pitch lies above the range."""
        lowest = 0
        depth = math.inf
        for lag in self.dips:
            if lag >= self.shortest and lag <= self.longest:
                candidate = self.rough_depth(lag)
                if candidate < depth and (lag >= self.clear or self.exact_depth(lag) < self.CLEAR):
                    depth = candidate
                    lowest = lag
        if lowest == 0:
            return 0
        depth = self.exact_depth(lowest)
        bound = self.RELATIVE * math.sqrt(depth + self.ROUNDING)
        closer = bound + self.NARROW if depth < self.TONE else bound
        above = False
        start = min(self.SHORTEST, self.shortest)
        for lag in self.dips:
            if lag < start or lag >= lowest:
                continue
            rough = self.rough_depth(lag)
            if not (rough < bound or (rough < closer and self.exact_depth(lag) < bound)):
                continue
            if lag < self.clear and not self.exact_depth(lag) < self.CLEAR:
                continue
            if lag < self.shortest:
                above = above or max(self.doubt[start - 1 : lag]) > self.TURNED
            else:
                found = self.lowest_beside(lag, lowest)
                return -found if above else found
        return -lowest if above else lowest

    def lowest_beside(self, first: int, last: int) -> int:
        end = min(last, first + int(self.BESIDE * first))
        lowest = first
        depth = self.exact_depth(first)
        for lag in self.dips:
            if lag > first and lag <= end and self.rough_depth(lag) <= depth + self.NARROW:
                candidate = self.exact_depth(lag)
                if candidate < depth:
                    depth = candidate
                    lowest = lag
        return lowest

    def period(self, lag: int) -> int:
        """The lag itself, or half of it where every second period is only weaker."""
        half = self.dip_at_half(lag)
        if half == 0:
            return lag
        whole = self.exact_depth(lag)
        uneven = self.exact_depth(half) - whole
        if not uneven < self.GROWL:
            return lag
        evened = self.doubt[half] - self.growl_doubt(half)
        return half if uneven - evened < self.ALIKE * uneven + self.ALIKE_ROUNDING else lag

    def dip_at_half(self, lag: int) -> int:
        half = lag >> 1
        near = max(1, int(self.BESIDE * half))
        first = max(half - near, max(self.shortest, self.shortest_growl))
        found = 0
        for at in self.dips:
            if at >= first and at <= half + near:
                if found == 0 or self.rough_depth(at) < self.rough_depth(found):
                    found = at
        return found

    def growl_doubt(self, lag: int) -> float:
        """The doubt of a lag when every period has a gain of its own."""
        y = self.samples
        n = self.window - lag
        a = y[:n]
        b = y[lag:]
        zero = torch.zeros(1, dtype=torch.float64)
        products: List[float] = torch.cat([zero, (a * b).cumsum(0)]).tolist()
        energies: List[float] = torch.cat([zero, (a * a).cumsum(0)]).tolist()
        later: List[float] = torch.cat([zero, (b * b).cumsum(0)]).tolist()
        ends = [0]
        while ends[-1] < n:
            ends.append(min(len(ends) * lag // self.PHASES, n))
        parts = len(ends) - 1
        best = 1.0
        for phase in range(1, self.PHASES + 1):
            product = 0.0
            levels = 0.0
            first = 0
            last = min(phase, parts)
            while first < parts:
                begin, end = ends[first], ends[last]
                product += products[end] - products[begin]
                levels += math.sqrt(max((energies[end] - energies[begin]) * (later[end] - later[begin]), 0.0))
                first = last
                last = min(last + self.PHASES, parts)
            if levels > 0:
                best = min(best, 1 - product / levels)
        return max(best, 0.0)

    def oneness(self, period: int) -> float:
        """1 for a note, less for what chords are taken for: the power of the first three harmonics of a period."""
        cosine = math.cos(2 * math.pi / period)
        now = 1.0
        before = cosine
        total = 0.0
        for lag in range(1, period):
            c = 2 * cosine * now - before
            before = now
            now = c
            # cos(x) + cos(2x) + cos(3x)
            total += self.doubt[lag] * (c * (2 * c * (2 * c + 1) - 2) - 1)
        low = -2 * total / period
        return min(max((low - self.CHORD_LOW_SHARE) / (self.NOTE_LOW_SHARE - self.CHORD_LOW_SHARE), 0.0), 1.0)

    def doubt_at(self, hz: float) -> float:
        """The least doubt that a pitch near `hz` leaves in the frame."""
        if self.first_dip or not self.loudness > self.FLOOR:
            return 1.0
        lag = self.sample_rate / hz
        lowest = 1.0
        for at in range(max(int(math.floor(lag / self.NEAR)), self.shortest), min(int(math.ceil(lag * self.NEAR)), self.longest) + 1):
            lowest = min(lowest, self.doubt[at])
        return lowest

    def rough_depth(self, lag: int) -> float:
        """How low the parabola through three lags goes."""
        a, b, c = self.doubt[lag - 1], self.doubt[lag], self.doubt[lag + 1]
        return max(b - 0.25 * (a - c) * vertex(a, b, c, 1.0), 0.0)

    def between(self, lag: int, x: float) -> float:
        """The polynomial through the 17 values around `lag`, at lag + x (barycentric Lagrange form)."""
        above = 0.0
        below = 0.0
        binomial = 1.0
        for i in range(-self.REACH, self.REACH + 1):
            # even about lag 0
            at = lag + i if lag + i >= 0 else -lag - i
            value = self.doubt[at]
            distance = x - i
            if distance == 0:
                return value
            weight = binomial / distance
            above += weight * value
            below += weight
            binomial *= float(i - self.REACH) / float(i + self.REACH + 1)
        return above / below

    def refined(self, lag: int) -> float:
        """The lowest point of a dip, between lags."""
        x = min(max(vertex(self.doubt[lag - 1], self.doubt[lag], self.doubt[lag + 1], 1.0), -1.0), 1.0)
        for _ in range(2):
            h = 0.25
            step = vertex(self.between(lag, x - h), self.between(lag, x), self.between(lag, x + h), h)
            x = min(max(x + step, -1.0), 1.0)
        return lag + x

    def depth_at(self, lag: int, exact: float) -> float:
        return max(self.between(lag, exact - lag), 0.0)

    def exact_depth(self, lag: int) -> float:
        return self.depth_at(lag, self.refined(lag))
