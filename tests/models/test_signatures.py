"""Names that a file has for its graphs."""

from collections.abc import Sequence

import flatbuffers
import tflite

from tinysim.models.read import parse_network


def _offsets(builder: flatbuffers.Builder, offsets: Sequence[int]) -> int:
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return int(builder.EndVector())


def _model(signatures: dict[str, int], graphs: int) -> bytes:
    builder = flatbuffers.Builder(256)
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
    tflite.ModelAddSubgraphs(builder, parts[0])
    tflite.ModelAddBuffers(builder, buffers)
    tflite.ModelAddSignatureDefs(builder, parts[1])
    builder.Finish(tflite.ModelEnd(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def test_the_first_is_that_of_the_graph_that_runs() -> None:
    assert parse_network(_model({"train": 1, "infer": 0}, 2)).signatures == ("infer", "train")
    assert parse_network(_model({}, 1)).signatures == ()
