"""Models from files, as functions of a batch."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import AssetError, ToolError
from ..models.network import Graph, Quantization
from ..models.read import read_network
from .extra import load_tensorflow, quiet

Infer = Callable[[NDArray[np.float32]], NDArray[np.float32]]


@dataclass(frozen=True)
class Trained:
    """A float model: Keras's own, or a function out of a SavedModel."""

    model: Any
    input_shape: tuple[int | None, ...]
    """With the batch's axis, which is None."""

    def __call__(self, batch: Any, *, training: bool = False) -> Any:
        """The outputs for a batch of inputs."""
        if isinstance(self.model, _Signature):
            return next(iter(self.model(batch).values()))
        return self.model(batch, training=training)


def load_trained(path: Path) -> Trained:
    """A `.keras` or `.h5` file, or the folder of a SavedModel.

    Raises:
        AssetError: it is none, or not a model of one float input and one output.
        ToolError: TensorFlow is missing.

    """
    tf = load_tensorflow()
    if not path.exists():
        raise AssetError(f"{path}: does not exist")
    if path.is_dir():
        try:
            with quiet():
                return _from_saved_model(tf, path)
        except Exception as error:  # damaged files make TensorFlow raise errors of every kind
            raise AssetError(f"{path}: not a Keras model or SavedModel: {_first(error)}") from None
    model = load_model(path)
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise AssetError(f"{path}: a model of one input and one output was expected")
    for weights in model.weights:
        if np.dtype(weights.dtype) == np.float16:
            raise AssetError(f"{path}: its weights are float16; float32 was expected")
    return Trained(model, tuple(model.input_shape))


def load_model(path: Path, *, compile: bool = False) -> Any:
    """A Keras model, with its optimizer where it is to be trained on.

    Raises:
        AssetError: the file holds none.
        ToolError: TensorFlow is missing.

    """
    tf = load_tensorflow()
    from . import fake_quantization  # noqa: F401 - a model may have these layers

    try:
        with quiet():
            return tf.keras.models.load_model(path, compile=compile)
    except Exception as error:  # damaged files make TensorFlow raise errors of every kind
        raise AssetError(f"{path}: not a Keras model or SavedModel: {_first(error)}") from None


def _first(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:160] if lines else type(error).__name__


def _from_saved_model(tf: Any, path: Path) -> Trained:
    loaded = tf.saved_model.load(str(path))
    if "serving_default" not in loaded.signatures:
        raise ValueError("it has no signature 'serving_default'")
    signature = loaded.signatures["serving_default"]
    inputs = list(signature.structured_input_signature[1].values())
    if len(inputs) != 1 or len(signature.structured_outputs) != 1 or inputs[0].dtype != tf.float32:
        raise ValueError("one float32 input and one output were expected")
    name = inputs[0].name
    function = _Signature(loaded, lambda batch: signature(**{name: batch}))
    return Trained(function, tuple(inputs[0].shape))


@dataclass(frozen=True)
class _Signature:
    """Keeps the loaded object alive, whose variables the function only borrows."""

    owner: Any
    call: Callable[[Any], dict[str, Any]]

    def __call__(self, batch: Any) -> dict[str, Any]:
        return self.call(batch)


def load_infer(path: Path) -> tuple[Infer, tuple[int, ...]]:
    """A model's outputs for a batch, and the shape of one input; floats in and out, whatever the
    model's own type. TFLite models are run by TensorFlow's reference kernels.

    Raises:
        AssetError: it cannot be read or has other ends than one input and one output.
        ToolError: TensorFlow is missing, or does not run it.

    """
    if path.suffix.lower() == ".tflite":
        return _load_tflite(path)
    trained = load_trained(path)

    def infer(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        with quiet():
            return np.asarray(trained(batch), np.float32)

    if None in trained.input_shape[1:]:
        raise AssetError(f"{path}: an input of a fixed shape was expected")
    return infer, tuple(size or 0 for size in trained.input_shape[1:])


def _load_tflite(path: Path) -> tuple[Infer, tuple[int, ...]]:
    network, content = read_network(path)
    tf = load_tensorflow()
    graph = network.main
    source, target = _end(path, graph, graph.inputs), _end(path, graph, graph.outputs)
    try:
        with quiet():
            interpreter = tf.lite.Interpreter(
                model_content=content,
                experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_REF,
            )
            interpreter.allocate_tensors()
    except (RuntimeError, ValueError) as error:
        raise ToolError(f"{path}: TensorFlow does not run it: {str(error)[:160]}") from None
    enter, leave = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    shape = graph.tensors[graph.inputs[0]].shape

    def infer(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        answers = []
        for one in batch:
            stored = one if source is None else to_steps(one, source, enter["dtype"])
            interpreter.set_tensor(enter["index"], stored.reshape(shape).astype(enter["dtype"]))
            interpreter.invoke()
            given = interpreter.get_tensor(leave["index"]).ravel().astype(np.float32)
            answers.append(given if target is None else _from_steps(given, target))
        return np.array(answers, np.float32)

    return infer, shape[1:]


def _end(path: Path, graph: Graph, indices: tuple[int, ...]) -> Quantization | None:
    if len(indices) != 1:
        raise AssetError(f"{path}: one input and one output were expected")
    tensor = graph.tensors[indices[0]]
    if tensor.type not in ("INT8", "UINT8", "INT16", "FLOAT32"):
        raise AssetError(
            f"{path}: '{tensor.name}' is {tensor.type.lower()}; int8, uint8, int16 or float32 was "
            "expected"
        )
    return tensor.quantization if tensor.type != "FLOAT32" else None


def to_steps(values: NDArray[np.float32], scheme: Quantization, kind: Any) -> NDArray[Any]:
    """Numbers as a quantized tensor stores them: rounded, and clipped to its type."""
    limits = np.iinfo(kind)
    steps = np.round(values / np.float32(scheme.scales[0])) + scheme.zero_points[0]
    stored: NDArray[Any] = np.clip(steps, limits.min, limits.max).astype(kind)
    return stored


def _from_steps(steps: NDArray[np.float32], scheme: Quantization) -> NDArray[np.float32]:
    return (steps - np.float32(scheme.zero_points[0])) * np.float32(scheme.scales[0])
