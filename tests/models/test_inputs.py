"""Inputs for models of one's own."""

import io
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.models.networks import Making
from tinysim.errors import AssetError
from tinysim.models.host import DTYPES
from tinysim.models.inputs import load_inputs, load_labels, seeded_inputs
from tinysim.models.lowering import ends
from tinysim.models.network import Graph, Quantization, Tensor


def _graph(*tensors: Tensor) -> Graph:
    return Graph(tensors, (), tuple(range(len(tensors))), ())


_ONE = _graph(Tensor("x", (1, 3), "INT8", Quantization((0.5,), (10,))))


def test_seeded_inputs_are_the_same_and_differ_from_each_other() -> None:
    making = Making(0)
    making.activation((1, 30))
    graph = _graph(*making.tensors)
    assert seeded_inputs(graph, 3) == seeded_inputs(graph, 3)
    assert len({part.data for part in seeded_inputs(graph, 3)}) == 3


def _words(kind: str = "INT32") -> Graph:
    """Words are looked up by what is one more than they, other whole numbers are not."""
    making = Making(1)
    words, others = (making.add(Tensor(name, (1, 400), kind)) for name in ("words", "others"))
    table = making.add(Tensor("t", (7, 2), "FLOAT32", data=bytes(56)))
    later, sums = (making.add(Tensor("later", (1, 400), kind)) for _ in range(2))
    vectors = making.add(Tensor("y", (1, 400, 2), "FLOAT32"))
    making.node("ADD", [words, making.integers(1)], [later], "AddOptions")
    making.node("ADD", [others, making.integers(1)], [sums], "AddOptions")
    making.node("GATHER", [table, later], [vectors], "GatherOptions", axis=0, batch_dims=0)
    return making.network([words, others], vectors).main


@pytest.mark.parametrize("kind", ["INT32", "INT64"])
def test_seeded_words_are_those_of_the_table(kind: str) -> None:
    (found,) = seeded_inputs(_words(kind))
    words, others = np.frombuffer(found.data, DTYPES[kind]).reshape(2, 400)
    assert set(words.tolist()) == set(range(7))
    assert max(others) > 1000


def test_words_keep_their_memory_until_an_inference_ends() -> None:
    """The firmware infers several times for one input."""
    graph = _words()
    words, others = graph.inputs
    closed = ends.close(graph)
    assert words in closed.outputs and others not in closed.outputs
    assert closed.outputs[0] == graph.outputs[0]
    assert ends.close(closed) == closed


@pytest.mark.parametrize(("shape", "count"), [((3,), 1), ((1, 3), 1), ((5, 3), 5), ((5, 1, 3), 5)])
def test_arrays_are_one_input_or_a_batch(
    shape: tuple[int, ...], count: int, tmp_path: Path
) -> None:
    values = np.arange(np.prod(shape), dtype=np.int8).reshape(shape)
    np.save(tmp_path / "x.npy", values)
    inputs = load_inputs(_ONE, tmp_path / "x.npy")
    assert len(inputs) == count
    assert b"".join(part.data for part in inputs) == values.tobytes()


def test_floats_are_quantized_as_the_model_says(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.array([[0.5, -70.0, 100.0]]))
    (found,) = load_inputs(_ONE, tmp_path / "x.npy")
    assert np.frombuffer(found.data, np.int8).tolist() == [11, -128, 127]


def test_a_folder_holds_inputs_by_name(tmp_path: Path) -> None:
    for name in ("b", "a"):
        np.save(tmp_path / f"{name}.npy", np.full((1, 3), ord(name), np.int8))
    assert [part.name for part in load_inputs(_ONE, tmp_path)] == ["a.npy", "b.npy"]


def test_several_inputs_come_from_one_archive(tmp_path: Path) -> None:
    graph = _graph(Tensor("x", (1, 2), "INT8"), Tensor("y", (2,), "FLOAT32"))
    first, second = np.zeros((4, 2), np.int8), np.ones((4, 2), np.float32)
    np.savez(tmp_path / "x.npz", x=first, y=second)
    inputs = load_inputs(graph, tmp_path / "x.npz")
    assert len(inputs) == 4
    assert inputs[0].data == bytes(2) + np.ones(2, np.float32).tobytes()


@pytest.mark.parametrize(
    ("array", "problem"),
    [
        (np.zeros((1, 4), np.int8), r"shape \[1, 4\]"),
        (np.zeros((1, 3), np.int16), "int16 where the model's input is int8"),
        (np.zeros((0, 3), np.int8), r"shape \[0, 3\]"),
    ],
)
def test_another_array_is_named(array: np.ndarray, problem: str, tmp_path: Path) -> None:  # type: ignore[type-arg]
    np.save(tmp_path / "x.npy", array)
    with pytest.raises(AssetError, match=problem):
        load_inputs(_ONE, tmp_path / "x.npy")


def _archive() -> bytes:
    file = io.BytesIO()
    np.savez(file, x=np.arange(300, dtype=np.int8).reshape(100, 3))
    return file.getvalue()


def _spoilt(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


def _header(shape: str) -> bytes:
    text = f"{{'descr': '|i1', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\0" + len(text).to_bytes(2, "little") + text.encode()


_NO_ARRAYS = {
    "empty": b"",
    "text": b"no array",
    "numbers": b"1,2,3\n",
    "cut": b"\x93NUMPY\x01\0",
    "an archive cut short": _archive()[:200],
    "an archive with a wrong byte": _spoilt(_archive(), 200),
    "fewer than its header says": _header("(9, 3)"),
}


@pytest.mark.parametrize("name", _NO_ARRAYS)
def test_a_file_that_is_no_array_is_named(name: str, tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    path.write_bytes(_NO_ARRAYS[name])
    for load in (lambda: load_inputs(_ONE, path), lambda: load_labels(_ONE, path, 1)):
        with pytest.raises(AssetError, match=r"x\.npy: not an array file") as refusal:
            load()
        assert "pickle" not in str(refusal.value)


@pytest.mark.parametrize("kind", ["nothing", "a FIFO", "a folder", "a link to nowhere"])
def test_a_path_that_is_no_file_is_named(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    if kind == "a FIFO":
        os.mkfifo(path)
    elif kind == "a folder":
        path.mkdir()
    elif kind == "a link to nowhere":
        path.symlink_to(tmp_path / "nowhere")
    with pytest.raises(AssetError, match=r"x\.npy: (does not exist|no regular file)"):
        load_labels(_ONE, path, 1)
    if kind != "a folder":
        with pytest.raises(AssetError, match=r"x\.npy: (does not exist|no regular file)"):
            load_inputs(_ONE, path)


def test_an_array_larger_than_the_memory_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.npy").write_bytes(_header(f"({1 << 50}, 3)"))
    with pytest.raises(AssetError, match="larger than the memory"):
        load_inputs(_ONE, tmp_path / "x.npy")


def test_an_array_of_objects_is_named(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.array([None, 1]), allow_pickle=True)
    with pytest.raises(AssetError, match="of Python's objects"):
        load_inputs(_ONE, tmp_path / "x.npy")


def test_what_a_whole_number_cannot_say_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.array([[0.5, np.nan, 100.0]]))
    with pytest.raises(AssetError, match="NaN, which int8 has not"):
        load_inputs(_ONE, tmp_path / "x.npy")
    np.save(tmp_path / "x.npy", np.array([[0.5, -np.inf, np.inf]]))
    (found,) = load_inputs(_ONE, tmp_path / "x.npy")
    assert np.frombuffer(found.data, np.int8).tolist() == [11, -128, 127]


def test_as_many_labels_as_inputs(tmp_path: Path) -> None:
    graph = replace(_ONE, outputs=(0,))
    np.save(tmp_path / "y.npy", np.array([1, 0, 2]))
    assert load_labels(graph, tmp_path / "y.npy", 3) == [1, 0, 2]
    with pytest.raises(AssetError, match="3 labels for 2 inputs"):
        load_labels(graph, tmp_path / "y.npy", 2)


@pytest.mark.parametrize("label", [-1, 3, 255])
def test_a_label_is_a_class_of_the_model(tmp_path: Path, label: int) -> None:
    np.save(tmp_path / "y.npy", np.array([0, label]))
    with pytest.raises(AssetError, match=rf"label {label} of input 1 is none of the model's 3 cl"):
        load_labels(replace(_ONE, outputs=(0,)), tmp_path / "y.npy", 2)


def test_labels_are_one_array_of_whole_numbers(tmp_path: Path) -> None:
    np.save(tmp_path / "y.npy", np.array([0.0]))
    np.savez(tmp_path / "y.npz", y=np.array([0]))
    for name in ("y.npy", "y.npz"):
        with pytest.raises(AssetError, match="one array"):
            load_labels(replace(_ONE, outputs=(0,)), tmp_path / name, 1)
