"""
Writes a Neutone model (`.nm`) of a model file of ddsp-worklet.

    python export.py violin.safetensors exports/violin
"""

import argparse
from pathlib import Path
from typing import Dict, List

import torch
from neutone_sdk import ContinuousNeutoneParameter, NeutoneParameter, WaveformToWaveformBase
from neutone_sdk.utils import save_neutone_model
from torch import Tensor

from instrument import Instrument
from model_file import Model, read_model


class InstrumentWrapper(WaveformToWaveformBase):
    def __init__(self, model: Model):
        about = model.about
        description = about.get("description", "A learned instrument")
        licence = f"Licence: {about.get('licence', 'not stated')}."
        self.name = about["name"]
        self.authors: List[str] = about.get("authors", ["unknown"])
        self.short_description = description[:150]
        self.long_description = " ".join([description, licence, *about.get("credits", [])])
        self.rate = model.sample_rate
        self.most_semitones = 24
        super().__init__(Instrument(model).eval())

    def get_model_name(self) -> str:
        return self.name

    def get_model_authors(self) -> List[str]:
        return self.authors

    def get_model_short_description(self) -> str:
        return self.short_description

    def get_model_long_description(self) -> str:
        return self.long_description

    def get_technical_description(self) -> str:
        return "DDSP (Engel et al. 2020), trained with ddsp-worklet: a network turns pitch and loudness into harmonics and noise."

    def get_technical_links(self) -> Dict[str, str]:
        return {"Paper": "https://openreview.net/pdf?id=B1x1ma4tDr"}

    def get_tags(self) -> List[str]:
        return ["timbre transfer", "DDSP"]

    def get_model_version(self) -> str:
        return "1.0.0"

    def is_experimental(self) -> bool:
        return True

    def get_neutone_parameters(self) -> List[NeutoneParameter]:
        return [
            ContinuousNeutoneParameter("Pitch", f"-{self.most_semitones} to {self.most_semitones} semitones", 0.5),
            ContinuousNeutoneParameter("Harmonics", "level of the harmonics, 0.5 as trained", 0.5),
            ContinuousNeutoneParameter("Noise", "level of breath and bow noise, 0.5 as trained", 0.5),
            ContinuousNeutoneParameter("Reverb", "mix of the room, 0.5 as trained", 0.5),
        ]

    def is_input_mono(self) -> bool:
        return True

    def is_output_mono(self) -> bool:
        return True

    def get_native_sample_rates(self) -> List[int]:
        return [self.rate]

    def get_native_buffer_sizes(self) -> List[int]:
        return []

    @torch.jit.export
    def calc_model_delay_samples(self) -> int:
        return self.model.latency

    @torch.jit.export
    def reset_model(self) -> bool:
        self.model.reset()
        return True

    def do_forward_pass(self, x: Tensor, params: Dict[str, Tensor]) -> Tensor:
        semitones = torch.round((2 * params["Pitch"] - 1) * self.most_semitones)
        sound = self.model(
            x[0],
            float(semitones),
            float(2 * params["Harmonics"]),
            float(2 * params["Noise"]),
            float(params["Reverb"]),
        )
        return sound.unsqueeze(0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="model file (.safetensors)")
    parser.add_argument("out", type=Path, help="folder for model.nm and its metadata")
    args = parser.parse_args()
    with torch.no_grad():
        save_neutone_model(InstrumentWrapper(read_model(args.model)), args.out)


if __name__ == "__main__":
    main()
