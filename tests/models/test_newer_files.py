"""What files of newer converters have: names for graphs, and operators in another field."""

from collections.abc import Sequence
from dataclasses import replace

import flatbuffers
import tflite

from tests.models.networks import Making
from tinysim.models.lowering import lower
from tinysim.models.network import Tensor
from tinysim.models.read import parse_network
from tinysim.models.write import write_network


def _offsets(builder: flatbuffers.Builder, offsets: Sequence[int]) -> int:
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return int(builder.EndVector())


def _model(signatures: dict[str, int], graphs: int, **code: int) -> bytes:
    builder = flatbuffers.Builder(256)
    tflite.OperatorCodeStart(builder)
    for field, value in code.items():
        getattr(tflite, f"OperatorCodeAdd{field}")(builder, value)
    codes = _offsets(builder, [tflite.OperatorCodeEnd(builder)])
    subgraphs, defined = [], []
    for _ in range(graphs):
        tflite.SubGraphStart(builder)
        subgraphs.append(tflite.SubGraphEnd(builder))
    for name, graph in signatures.items():
        text = builder.CreateString(name)
        tflite.SignatureDefStart(builder)
        tflite.SignatureDefAddSignatureKey(builder, text)
        tflite.SignatureDefAddSubgraphIndex(builder, graph)
        defined.append(tflite.SignatureDefEnd(builder))
    tflite.BufferStart(builder)
    buffers = _offsets(builder, [tflite.BufferEnd(builder)])
    parts = _offsets(builder, subgraphs), _offsets(builder, defined)
    tflite.ModelStart(builder)
    tflite.ModelAddVersion(builder, 3)
    tflite.ModelAddOperatorCodes(builder, codes)
    tflite.ModelAddSubgraphs(builder, parts[0])
    tflite.ModelAddBuffers(builder, buffers)
    tflite.ModelAddSignatureDefs(builder, parts[1])
    builder.Finish(tflite.ModelEnd(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def test_the_first_is_that_of_the_graph_that_runs() -> None:
    assert parse_network(_model({"train": 1, "infer": 0}, 2)).signatures == ("infer", "train")
    assert parse_network(_model({}, 1)).signatures == ()


def test_operators_in_the_new_field_alone_are_written_into_both() -> None:
    old, new = tflite.BuiltinOperator.NEG, "BuiltinCode"
    assert parse_network(_model({}, 1, **{new: old})).has_new_codes
    assert not parse_network(_model({}, 1, DeprecatedBuiltinCode=old)).has_new_codes
    assert not parse_network(_model({}, 1, DeprecatedBuiltinCode=old, **{new: old})).has_new_codes
    far = {"DeprecatedBuiltinCode": 127, new: tflite.BuiltinOperator.GELU}
    assert not parse_network(_model({}, 1, **far)).has_new_codes

    making = Making(1)
    source, last = (making.add(Tensor(name, (1, 2), "FLOAT32")) for name in "xy")
    making.node("NEG", [source], [last])
    network = making.network([source], last)
    lowered = lower(replace(network, has_new_codes=True))
    assert lowered.passes == ("codes",)
    assert lowered.graph == network.main
    assert not parse_network(write_network(lowered.network)).has_new_codes
