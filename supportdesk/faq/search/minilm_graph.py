"""The model of search by meaning as a graph for onnxruntime, its weights in eight bits: built once, then kept.

all-MiniLM-L6-v2 is six layers of a transformer.  The graph takes the word pieces of one text, and no more: what a text
is quantized with would otherwise depend on the texts beside it.
"""

import io
import logging
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

SIZE = 384
_LAYERS, _HEADS = 6, 12
_OPSET, _IR = 20, 10  # The first with Gelu; what goes with it.

Array = Any  # Of float32; numpy is not there where the types are checked.


def quantized(weights: Mapping[str, Array]) -> bytes:
    """The model in eight bits, of its weights in 32.

    Each column has a scale of its own: with one for a whole matrix, vectors lose a twentieth of their direction, like
    this a hundredth.  Seven of the eight bits are used, as older processors add up two products in sixteen.
    """
    exact = io.BytesIO(_Graph(weights).model().SerializeToString())
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "model.onnx")
        logging.getLogger().addFilter(_is_no_advice)  # It says on the root logger that shapes might be inferred first.
        try:
            quantize_dynamic(onnx.load(exact), made, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
        finally:
            logging.getLogger().removeFilter(_is_no_advice)
        return made.read_bytes()


def _is_no_advice(record: logging.LogRecord) -> bool:
    return "quantization" not in record.getMessage()


class _Graph:
    """Collects nodes and tensors; each method adds some, and gives the name of what comes out."""

    def __init__(self, weights: Mapping[str, Array]) -> None:
        self._weights = weights
        self._nodes: list[Any] = []
        self._tensors: dict[str, Any] = {}

    def model(self) -> Any:
        x = self._embedded("ids")
        for layer in range(_LAYERS):
            x = self._layer(x, f"encoder.layer.{layer}.")
        mean = self._node("ReduceMean", x, self._whole("words", [1]), keepdims=0)
        length = self._node("ReduceL2", mean, self._whole("numbers", [1]), keepdims=1)
        self._nodes.append(helper.make_node("Div", [mean, length], ["vector"]))
        graph = helper.make_graph(
            self._nodes,
            "minilm",
            [helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "pieces"])],
            [helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, SIZE])],
            list(self._tensors.values()),
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR)

    def _embedded(self, ids: str) -> str:
        word, position, kind = (
            self._weights[f"embeddings.{name}_embeddings.weight"] for name in ("word", "position", "token_type")
        )
        pieces = self._node("Shape", ids, start=1)
        places = self._node("Slice", self._tensor("places", position + kind[0]), self._whole("from", [0]), pieces)
        words = self._node("Gather", self._tensor("words.weight", word), ids)
        return self._normalized(self._node("Add", words, places), "embeddings.LayerNorm")

    def _layer(self, x: str, name: str) -> str:
        attended = self._linear(self._attention(x, name + "attention.self."), name + "attention.output.dense")
        x = self._normalized(self._node("Add", x, attended), name + "attention.output.LayerNorm")
        hidden = self._node("Gelu", self._linear(x, name + "intermediate.dense"))
        return self._normalized(
            self._node("Add", x, self._linear(hidden, name + "output.dense")), name + "output.LayerNorm"
        )

    def _attention(self, x: str, name: str) -> str:
        apart = self._whole("apart", [1, -1, _HEADS, SIZE // _HEADS])

        def heads(part: str, order: list[int]) -> str:
            return self._node("Transpose", self._node("Reshape", self._linear(x, name + part), apart), perm=order)

        alike = self._node("MatMul", heads("query", [0, 2, 1, 3]), heads("key", [0, 2, 3, 1]))
        scale = self._tensor("scale", np.float32((_HEADS / SIZE) ** 0.5))
        shares = self._node("Softmax", self._node("Mul", alike, scale), axis=-1)
        seen = self._node("Transpose", self._node("MatMul", shares, heads("value", [0, 2, 1, 3])), perm=[0, 2, 1, 3])
        return self._node("Reshape", seen, self._whole("together", [1, -1, SIZE]))

    def _linear(self, x: str, name: str) -> str:
        weight = self._tensor(f"{name}.weight", self._weights[f"{name}.weight"].T)
        bias = self._tensor(f"{name}.bias", self._weights[f"{name}.bias"])
        return self._node("Add", self._node("MatMul", x, weight), bias)

    def _normalized(self, x: str, name: str) -> str:
        weight, bias = (self._tensor(f"{name}.{part}", self._weights[f"{name}.{part}"]) for part in ("weight", "bias"))
        return self._node("LayerNormalization", x, weight, bias, axis=-1, epsilon=1e-12)

    def _node(self, kind: str, *inputs: str, **how: Any) -> str:
        name = f"{kind}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], **how))
        return name

    def _tensor(self, name: str, values: Array) -> str:
        self._tensors.setdefault(name, numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _whole(self, name: str, numbers: list[int]) -> str:
        return self._tensor(name, np.array(numbers, np.int64))
