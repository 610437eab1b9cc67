"""
The real FFT of src/kernels/spectral, with its order of operations, in 32 bits.

A pitch that differs in its last bit changes the 100th harmonic by 1e-3 of full scale after some seconds. So the
transform that pitch is read from must round as the engine's does. A real transform of `size` is a complex one of
m = size / 2 over (even, odd) samples, by Stockham's passes of radix 4 (the last one 4 or 8), and a pass that
separates the two.
"""

import math
from typing import List, Tuple

import torch
from torch import Tensor, nn


def turns(fractions: List[float]) -> Tuple[Tensor, Tensor]:
    real = [math.cos(2 * math.pi * fraction) for fraction in fractions]
    imaginary = [-math.sin(2 * math.pi * fraction) for fraction in fractions]
    return torch.tensor(real, dtype=torch.float32), torch.tensor(imaginary, dtype=torch.float32)


def times(re: Tensor, im: Tensor, wr: Tensor, wi: Tensor) -> Tuple[Tensor, Tensor]:
    return re * wr - im * wi, re * wi + im * wr


class ExactFft(nn.Module):
    twiddles: List[Tuple[Tensor, Tensor]]

    def __init__(self, size: int):
        super().__init__()
        m = size // 2
        self.m = m
        self.twiddles = []
        length = m
        while length > 8:
            fractions = [[power * p / length for p in range(length // 4)] for power in (1, 2, 3)]
            real, imaginary = turns([fraction for row in fractions for fraction in row])
            self.twiddles.append((real.reshape(3, -1, 1), imaginary.reshape(3, -1, 1)))
            length //= 4
        self.last = length
        real, imaginary = turns([k / size for k in range(1, m // 2 + 1)])
        self.split_re = 0.5 * imaginary
        self.split_im = -0.5 * real
        self.scale = 1 / m

    def spectrum(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        """Real and imaginary parts of bins 0 to size / 2. `x`: size samples."""
        pairs = x.reshape(-1, 2)
        re, im = self.complex(pairs[:, 0], pairs[:, 1])
        low = self.m // 2 + 1
        ar, ai = re[1:low], im[1:low]
        br, bi = re.flip(0)[: low - 1], im.flip(0)[: low - 1]
        er = 0.5 * (ar + br)
        ei = 0.5 * (ai - bi)
        tr, ti = times(ar - br, ai + bi, self.split_re, self.split_im)
        ends_re = torch.stack([re[0] + im[0], re[0] - im[0]])
        zero = torch.zeros(1)
        real = torch.cat([ends_re[:1], er + tr, (er - tr).flip(0)[1:], ends_re[1:]])
        imaginary = torch.cat([zero, ei + ti, (ti - ei).flip(0)[1:], zero])
        return real, imaginary

    def power(self, x: Tensor) -> Tensor:
        """|X|^2 of bins 0 to size / 2."""
        re, im = self.spectrum(x)
        return re * re + im * im

    def correlation(self, power: Tensor) -> Tensor:
        """The inverse transform of a real spectrum, size samples."""
        low = self.m // 2 + 1
        half = 0.5 * self.scale
        a = power[1:low]
        b = power.flip(0)[1:low]
        difference = a - b
        er = half * (a + b)
        tr = (self.scale * self.split_re) * difference
        ti = -((self.scale * self.split_im) * difference)
        dc, nyquist = power[:1], power[-1:]
        re = torch.cat([half * (dc + nyquist), er + tr, (er - tr).flip(0)[1:]])
        im = torch.cat([half * (dc - nyquist), ti, ti.flip(0)[1:]])
        # an inverse transform is a forward one with real and imaginary parts exchanged
        odd, even = self.complex(im, re)
        return torch.stack([even, odd], 1).flatten()

    def complex(self, re: Tensor, im: Tensor) -> Tuple[Tensor, Tensor]:
        for wr, wi in self.twiddles:
            re, im = self.radix4(re, im, wr, wi)
        return self.last8(re, im) if self.last == 8 else self.last4(re, im)

    def radix4(self, re: Tensor, im: Tensor, wr: Tensor, wi: Tensor) -> Tuple[Tensor, Tensor]:
        r = re.reshape(4, wr.size(1), -1)
        i = im.reshape(4, wr.size(1), -1)
        acr, aci = r[0] + r[2], i[0] + i[2]
        bdr, bdi = r[1] + r[3], i[1] + i[3]
        amr, ami = r[0] - r[2], i[0] - i[2]
        bmr, bmi = r[1] - r[3], i[1] - i[3]
        yr = torch.stack([amr + bmi, acr - bdr, amr - bmi])
        yi = torch.stack([ami - bmr, aci - bdi, ami + bmr])
        yr, yi = times(yr, yi, wr, wi)
        yr = torch.cat([(acr + bdr).unsqueeze(0), yr])
        yi = torch.cat([(aci + bdi).unsqueeze(0), yi])
        return yr.transpose(0, 1).flatten(), yi.transpose(0, 1).flatten()

    def last4(self, re: Tensor, im: Tensor) -> Tuple[Tensor, Tensor]:
        r = re.reshape(4, -1)
        i = im.reshape(4, -1)
        acr, aci = r[0] + r[2], i[0] + i[2]
        bdr, bdi = r[1] + r[3], i[1] + i[3]
        amr, ami = r[0] - r[2], i[0] - i[2]
        bmr, bmi = r[1] - r[3], i[1] - i[3]
        return (
            torch.cat([acr + bdr, amr + bmi, acr - bdr, amr - bmi]),
            torch.cat([aci + bdi, ami - bmr, aci - bdi, ami + bmr]),
        )

    def last8(self, re: Tensor, im: Tensor) -> Tuple[Tensor, Tensor]:
        r = re.reshape(8, -1)
        i = im.reshape(8, -1)
        half = 0.7071067811865476
        # of the even and the odd inputs: sums and differences
        ar, ai = r[0:4] + r[4:8], i[0:4] + i[4:8]
        dr, di = r[0:4] - r[4:8], i[0:4] - i[4:8]
        e0r, e0i = ar[0] + ar[2], ai[0] + ai[2]
        o0r, o0i = ar[1] + ar[3], ai[1] + ai[3]
        e2r, e2i = ar[0] - ar[2], ai[0] - ai[2]
        o2r, o2i = ar[1] - ar[3], ai[1] - ai[3]
        e1r, e1i = dr[0] + di[2], di[0] - dr[2]
        o1r, o1i = dr[1] + di[3], di[1] - dr[3]
        e3r, e3i = dr[0] - di[2], di[0] + dr[2]
        o3r, o3i = dr[1] - di[3], di[1] + dr[3]
        t1r, t1i = half * (o1r + o1i), half * (o1i - o1r)
        t3r, t3i = half * (o3i - o3r), half * (o3r + o3i)
        return (
            torch.cat([e0r + o0r, e1r + t1r, e2r + o2i, e3r + t3r, e0r - o0r, e1r - t1r, e2r - o2i, e3r - t3r]),
            torch.cat([e0i + o0i, e1i + t1i, e2i - o2r, e3i - t3i, e0i - o0i, e1i - t1i, e2i + o2r, e3i + t3i]),
        )
