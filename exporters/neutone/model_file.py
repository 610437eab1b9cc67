"""Reads a model file of ddsp-worklet: safetensors, with JSON in its metadata (docs/design.md, "Model file")."""

import json
import struct
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional

import torch
from torch import Tensor

DTYPES = {"F16": torch.float16, "F32": torch.float32}


class Node(NamedTuple):
    """A processor of the synth graph."""

    name: str
    type: str
    inputs: Dict[str, str]
    options: Dict[str, float]


class Graph(NamedTuple):
    """The graphs that are exported: a harmonic bank, perhaps noise added to it, perhaps a reverb behind both."""

    harmonic: Node
    noise: Optional[Node]
    reverb: Optional[Node]
    nodes: List[Node]


class Model(NamedTuple):
    sample_rate: int
    frame_rate: float
    analysis: Dict[str, Any]
    decoder: Dict[str, Any]
    graph: Graph
    about: Dict[str, Any]
    tensors: Dict[str, Tensor]

    @property
    def hop(self) -> int:
        return int(self.sample_rate / self.frame_rate + 0.5)


class UnsupportedModel(Exception):
    """The model has a part that this exporter does not know."""


def read_model(file: Path) -> Model:
    data = file.read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    if metadata.get("format") != "ddsp-model":
        raise UnsupportedModel(f"{file} is no model file of ddsp-worklet")
    tensors = {}
    for name, entry in header.items():
        first, last = entry["data_offsets"]
        body = bytearray(data[8 + length + first : 8 + length + last])
        values = torch.frombuffer(body, dtype=DTYPES[entry["dtype"]])
        tensors[name] = values.reshape(entry["shape"]).float()
    analysis, decoder, synth, about = (json.loads(metadata[name]) for name in ("analysis", "decoder", "synth", "about"))
    return Model(
        sample_rate=int(metadata["sample_rate"]),
        frame_rate=float(metadata["frame_rate"]),
        analysis=analysis,
        decoder=checked_decoder(decoder),
        graph=checked_graph(synth["processors"]),
        about=about,
        tensors=tensors,
    )


def checked_decoder(decoder: Dict[str, Any]) -> Dict[str, Any]:
    if decoder.get("inputs", ["f0", "loudness"]) != ["f0", "loudness"]:
        raise UnsupportedModel(f"decoder with the inputs {decoder['inputs']}: only f0 and loudness are exported")
    if "architecture" in decoder:
        raise UnsupportedModel("decoder of another program")
    return decoder


def checked_graph(processors: List[Dict[str, Any]]) -> Graph:
    nodes = [Node(node["name"], node["type"], node.get("inputs", {}), node.get("options", {})) for node in processors]
    types = [node.type for node in nodes]
    known = [["Harmonic"], ["Harmonic", "FilteredNoise", "Add"]]
    if types not in known and types not in [[*graph, "IRReverb"] for graph in known]:
        raise UnsupportedModel(
            f"graph of {', '.join(types)}: exported are Harmonic, or Harmonic, FilteredNoise and Add, and IRReverb behind"
        )
    found = {node.type: node for node in nodes}
    for node in nodes:
        unknown = set(node.options) - {"harmonics", "bands", "length"}
        if unknown:
            raise UnsupportedModel(f'processor "{node.name}" ({node.type}) with the options {sorted(unknown)}')
    return Graph(found["Harmonic"], found.get("FilteredNoise"), found.get("IRReverb"), nodes)
