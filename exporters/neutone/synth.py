"""
The decoder, and what it controls: a harmonic bank, filtered noise and a reverb, a hop at a time (docs/design.md,
"Definitions"). Everything compiles to TorchScript.
"""

import math
from typing import Dict, Final

import torch
from torch import Tensor, nn

from analyser import log2

MASK = 0xFFFFFFFF  # 32 bits

def scaled(u: Tensor, largest: float) -> Tensor:
    """A decoder output as an amplitude (Engel et al. 2020)."""
    return largest * u ** math.log(10) + 1e-7


def ramp(first: float, last: float, count: int) -> Tensor:
    """Moves linearly from `first`, before the first sample, to `last`, at the last one."""
    return first + (last - first) * torch.arange(1, count + 1, dtype=torch.float32) / count


class Mlp(nn.Module):
    def __init__(self, inputs: int, hidden: int):
        super().__init__()
        self.linear = nn.ModuleList(
            nn.Sequential(nn.Linear(inputs if layer == 0 else hidden, hidden), nn.LayerNorm(hidden), nn.ReLU())
            for layer in range(3)
        )

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.linear:
            x = layer(x)
        return x


class Decoder(nn.Module):
    """f0 and loudness of a frame in, outputs in (0, 1) out. Its tensors have PyTorch's names without `gru.*_l0`."""

    LOWEST: Final[float] = 32.0
    HIGHEST: Final[float] = 2000.0

    def __init__(self, tensors: Dict[str, Tensor], hidden: int, scale: str):
        super().__init__()
        own = {name[len("estimator.") :].removesuffix("_l0"): value for name, value in tensors.items() if name != "ir"}
        self.log = scale == "log"
        self.mlp_0 = Mlp(2, hidden)
        self.gru = nn.GRUCell(hidden, hidden)
        self.mlp_1 = Mlp(hidden, hidden)
        self.out = nn.Linear(hidden, own["out.bias"].numel())
        self.load_state_dict(own)
        self.state = torch.zeros(1, hidden)

    def reset(self) -> None:
        self.state = torch.zeros_like(self.state)

    def forward(self, f0: float, loudness: float) -> Tensor:
        pitch = (f0 - self.LOWEST) / (self.HIGHEST - self.LOWEST)
        if self.log:
            pitch = log2(max(f0, self.LOWEST / 4) / self.LOWEST) / log2(self.HIGHEST / self.LOWEST)
        inputs = torch.tensor([[pitch, loudness / 80 + 1]], dtype=torch.float32)
        self.state = self.gru(self.mlp_0(inputs), self.state)
        return torch.sigmoid(self.out(self.mlp_1(self.state)))[0]


class Harmonic(nn.Module):
    def __init__(self, harmonics: int, sample_rate: int, hop: int):
        super().__init__()
        self.hop = hop
        self.sample_rate = float(sample_rate)
        self.limit = sample_rate / 2
        self.offset = 0.5 if hop % 2 == 0 else 0.0
        self.register_buffer("multiples", torch.arange(1, harmonics + 1, dtype=torch.float64))
        self.register_buffer("places", torch.arange(hop, dtype=torch.float64))
        self.cycles = 0.0
        self.controls = torch.zeros(harmonics)
        self.hz = 1.0

    def reset(self) -> None:
        self.cycles = 0.0

    def forward(self, u: Tensor, f0: float, first: bool, leaps: bool) -> Tensor:
        """The segment from the last frame's centre to this one's; of the first frame the half before it is silent."""
        hz = float(torch.tensor(min(f0, self.limit) if f0 > 1 else 1.0, dtype=torch.float32))
        shares = torch.where(self.multiples * hz < self.limit, scaled(u[1:], 1.0), torch.zeros_like(u[1:]))
        total = shares.sum()
        controls = shares * (scaled(u[0], 1.0) / total) if total > 0 else torch.zeros_like(shares)
        before = controls if first else self.controls
        from_hz = hz if first or leaps else self.hz
        self.controls = controls
        self.hz = hz
        skip = self.hop - (self.hop >> 1) if first else 0

        count = self.hop - skip
        slope = (hz - from_hz) / self.hop
        a = (from_hz + slope * (skip + self.offset - 0.5)) / self.sample_rate
        b = 0.5 * slope / self.sample_rate
        m = self.places[:count] + 1
        cycles = self.cycles + m * (a + m * b)
        end = self.cycles + count * (a + count * b)
        self.cycles = end - math.floor(end)

        place = self.places[skip:] + self.offset
        heard = self.heard(place, from_hz, hz)
        angles = 2 * math.pi * torch.frac(self.multiples * cycles.unsqueeze(1))
        weight = (place / self.hop).float().unsqueeze(1)
        amplitudes = torch.where(heard, before + (controls - before) * weight, torch.zeros_like(weight))
        sound = (amplitudes * torch.sin(angles).float()).sum(1)
        return torch.cat([torch.zeros(skip), sound])

    def heard(self, place: Tensor, from_hz: float, to_hz: float) -> Tensor:
        """Which harmonics lie below the limit at each place. They are compared as the engine does, by where they meet it."""
        if from_hz == to_hz:
            return (self.multiples * to_hz < self.limit).unsqueeze(0)
        edges = (self.limit / self.multiples - from_hz) / (to_hz - from_hz) * self.hop
        if to_hz > from_hz:
            return place.unsqueeze(1) < edges
        return place.unsqueeze(1) > edges


def mixed(x: int) -> int:
    """A 32-bit hash ("lowbias32", C. Wellons 2018)."""
    x ^= x >> 16
    x = (x * 0x7FEB352D) & MASK
    x ^= x >> 15
    x = (x * 0x846CA68B) & MASK
    return x ^ (x >> 16)


class Noise(nn.Module):
    """Uniform noise through a zero-phase filter that changes in every frame."""

    MASK: Final[int] = MASK

    def __init__(self, bands: int, hop: int, seed: int = 1):
        super().__init__()
        size = 2 * (bands - 1)
        reach = size // 2 - 1
        self.hop = hop
        self.reach = reach
        self.lookahead = max(0, math.ceil((size - hop) / 2))
        self.offset = (hop + 1) // 2 + self.lookahead - reach
        self.start = mixed((seed + 0x9E3779B9) & MASK)
        self.key = mixed(self.start ^ seed)
        n = torch.arange(reach + 1, dtype=torch.float64)
        k = torch.arange(bands, dtype=torch.float64).unsqueeze(1)
        level = torch.full((bands, 1), 2.0 / size, dtype=torch.float64)
        level[0] = 1.0 / size
        level[-1] = 1.0 / size
        basis = level * (0.5 + 0.5 * torch.cos(2 * math.pi * n / size)) * torch.cos(2 * math.pi * k * n / size)
        self.register_buffer("basis", basis.float())
        self.size = 1 << (hop + 4 * reach).bit_length()
        self.index = 0
        self.silent = 0
        self.sum = torch.zeros(self.offset + hop + 2 * reach)

    def reset(self) -> None:
        self.index = 0
        self.silent = 0
        self.sum = torch.zeros_like(self.sum)

    def white(self) -> Tensor:
        x = (torch.arange(self.hop, dtype=torch.int64) + (self.index + self.start)) & self.MASK
        x = x ^ (x >> 16)
        x = ((x * 0x7FEB352D) & self.MASK) ^ self.key
        x = x ^ (x >> 15)
        x = (x * 0x846CA68B) & self.MASK
        x = x ^ (x >> 16)
        signed = torch.where(x >= 0x80000000, x - 0x100000000, x)
        return (signed >> 8).float() / 8388608

    def forward(self, u: Tensor, first: bool) -> Tensor:
        taps = scaled(u, 2.0) @ self.basis
        response = torch.cat([taps[1:].flip(0), taps])
        spectrum = torch.fft.rfft(self.white(), n=self.size) * torch.fft.rfft(response, n=self.size)
        filtered = torch.fft.irfft(spectrum, n=self.size)[: self.hop + 2 * self.reach]
        self.sum[self.offset :] += filtered
        if first:
            self.silent = self.hop - (self.hop >> 1) + self.lookahead
        if self.silent > 0:
            self.sum[: self.silent] = 0.0
            self.silent -= self.hop
        out = self.sum[: self.hop].clone()
        self.sum = torch.cat([self.sum[self.hop :], torch.zeros(self.hop)])
        self.index += self.hop
        return out


class Reverb(nn.Module):
    """The sound, and a convolution with the learned response that begins one sample later, without delay."""

    def __init__(self, ir: Tensor, hop: int):
        super().__init__()
        self.hop = hop
        response = torch.cat([torch.zeros(1), ir])
        parts = math.ceil(response.numel() / hop)
        response = nn.functional.pad(response, (0, parts * hop - response.numel())).reshape(parts, hop)
        self.register_buffer("spectra", torch.fft.rfft(response, n=2 * hop))
        self.parts = parts
        self.history = torch.zeros_like(self.spectra)
        self.at = 0
        self.last = torch.zeros(hop)

    def reset(self) -> None:
        self.history = torch.zeros_like(self.history)
        self.at = 0
        self.last = torch.zeros_like(self.last)

    def forward(self, dry: Tensor, mix: Tensor) -> Tensor:
        self.at = (self.at - 1) % self.parts
        self.history[self.at] = torch.fft.rfft(torch.cat([self.last, dry]))
        self.last = dry
        newest = self.parts - self.at
        spectrum = (self.history[self.at :] * self.spectra[:newest]).sum(0)
        if self.at > 0:
            spectrum = spectrum + (self.history[: self.at] * self.spectra[newest:]).sum(0)
        wet = torch.fft.irfft(spectrum, n=2 * self.hop)[self.hop :]
        return 2 * (1 - mix) * dry + 2 * mix * wet
