"""
A model as a streaming PyTorch module: sound in, the instrument out. It equals `renderOffline` of ddsp-worklet with
matching, gate and input filter off, later by `latency` samples, however the stream is cut.
"""

import math
from typing import Final, Optional

import torch
from torch import Tensor, nn

from analyser import FIRST_F0, FLOOR, Analyser, log2
from listener import Listener
from model_file import Model
from synth import Decoder, Harmonic, Noise, Reverb, ramp

# seconds without anything to play after which the sources rest
REST_AFTER = 1.0


class Instrument(nn.Module):
    FIRST_F0: Final[float] = FIRST_F0
    FLOOR: Final[float] = FLOOR
    LOUDEST: Final[float] = 16.0
    LEAP: Final[float] = 0.9

    def __init__(self, model: Model):
        super().__init__()
        rate, hop = model.sample_rate, model.hop
        analysis, graph = model.analysis, model.graph
        window = 2 * (analysis["window"] // 2)
        analyser = Analyser(
            rate, window, analysis["pitchMin"], analysis["pitchMax"], analysis["threshold"], analysis.get("dip", "first")
        )
        self.listener = Listener(analyser, hop)
        self.decoder = Decoder(model.tensors, model.decoder["hidden"], model.decoder["inputScale"])
        self.harmonics = int(graph.harmonic.options["harmonics"])
        self.harmonic = Harmonic(self.harmonics, rate, hop)
        self.noise: Optional[Noise] = Noise(int(graph.noise.options["bands"]), hop) if graph.noise else None
        self.reverb: Optional[Reverb] = Reverb(model.tensors["ir"], hop) if graph.reverb else None
        self.hop = hop
        self.window = window
        self.lookahead = self.noise.lookahead if self.noise is not None else 0
        self.latency = window // 2 + hop + self.lookahead
        self.rest_after = int(REST_AFTER * rate / hop + 0.5)
        self.first_block = window // 2 + (hop >> 1)
        length = max(self.window, self.hop)
        self.history = torch.zeros(length)
        self.fill = length - self.window // 2 - (self.hop >> 1)
        self.until = self.first_block
        self.block = torch.zeros(self.hop)
        self.late = torch.zeros(self.lookahead)
        self.read = 0
        self.frames = 0
        self.quiet = 0
        self.sounding = False
        self.f0 = self.FIRST_F0
        self.harmonics_gain = 1.0
        self.noise_gain = 1.0
        self.mix = 0.5

    @torch.jit.export
    def reset(self) -> None:
        length = max(self.window, self.hop)
        self.history = torch.zeros(length)
        self.fill = length - self.window // 2 - (self.hop >> 1)
        self.until = self.first_block
        self.block = torch.zeros(self.hop)
        self.late = torch.zeros(self.lookahead)
        self.read = 0
        self.frames = 0
        self.quiet = 0
        self.sounding = False
        self.f0 = self.FIRST_F0
        self.harmonics_gain = 1.0
        self.noise_gain = 1.0
        self.mix = 0.5
        self.listener.reset()
        self.decoder.reset()
        self.harmonic.reset()
        if self.noise is not None:
            self.noise.reset()
        if self.reverb is not None:
            self.reverb.reset()

    def forward(self, x: Tensor, semitones: float = 0.0, harmonics: float = 1.0, noise: float = 1.0, mix: float = 0.5) -> Tensor:
        """
        x: samples, any number of them; as many come out, `latency` samples later.
        semitones: added to the pitch. harmonics, noise: gains, 1 as trained. mix: of the reverb, 0 to 1, 0.5 as trained.
        The values are taken at every frame, and moved to over a hop.
        """
        x = torch.clamp(torch.nan_to_num(x.float(), nan=0.0), -self.LOUDEST, self.LOUDEST)
        out = torch.zeros_like(x)
        at = 0
        end = x.numel()
        while at < end:
            run = min(end - at, self.until)
            self.history[self.fill : self.fill + run] = x[at : at + run]
            self.fill += run
            if self.frames > 0:
                out[at : at + run] = self.block[self.read : self.read + run]
            at += run
            self.read += run
            self.until -= run
            if self.until == 0:
                self.block = self.render(semitones, harmonics, noise, mix)
                self.until = self.hop
                self.read = 0
        return out

    def render(self, semitones: float, harmonics: float, noise: float, mix: float) -> Tensor:
        """The next block. Advances the clock by a frame."""
        first = self.frames == 0
        self.frames += 1
        if first:
            self.harmonics_gain, self.noise_gain, self.mix = harmonics, noise, mix
        self.listener.next(self.history[self.history.numel() - self.window :])
        self.history = torch.cat([self.history[self.hop :], torch.zeros(self.hop)])
        self.fill -= self.hop

        f0 = self.listener.f0
        leaps = not self.sounding or abs(log2(f0 / self.f0)) > self.LEAP
        self.f0 = f0
        self.sounding = self.listener.loudness > self.FLOOR
        self.quiet = 0 if self.sounding else self.quiet + 1
        level = 0.0 if self.quiet == self.rest_after else 1.0

        played = f0 * math.pow(2.0, semitones / 12)
        u = self.decoder(played, self.listener.loudness)
        tones = self.harmonic(u[: 1 + self.harmonics], played, first, leaps)
        tones = torch.cat([self.late, tones])
        self.late = tones[self.hop :]
        sound = tones[: self.hop] * ramp(self.harmonics_gain, harmonics * level, self.hop)
        if self.noise is not None:
            hiss = self.noise(u[1 + self.harmonics :], first)
            sound = sound + hiss * ramp(self.noise_gain, noise * level, self.hop)
        self.harmonics_gain, self.noise_gain = harmonics * level, noise * level
        if self.quiet > self.rest_after:
            sound = torch.zeros_like(sound)
            self.harmonics_gain, self.noise_gain = harmonics, noise
        if self.reverb is not None:
            sound = self.reverb(sound, ramp(self.mix, mix, self.hop))
        self.mix = mix
        return torch.clamp(torch.nan_to_num(sound, nan=0.0), -self.LOUDEST, self.LOUDEST)
