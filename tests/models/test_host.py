"""The host's interpreter."""

import numpy as np

from tests.models.networks import Making
from tinysim.models import host
from tinysim.models.network import Tensor
from tinysim.models.write import write_network


def test_results_may_be_much_larger_than_the_file() -> None:
    """Its own guess at memory is ten times the file's size."""
    making = Making(1)
    source = making.add(Tensor("x", (1, 4), "FLOAT32"))
    large = making.add(Tensor("large", (1, 400_004), "FLOAT32"))
    output = making.add(Tensor("y", (1, 1), "FLOAT32"))
    paddings = making.add(Tensor("p", (2, 2), "INT32", data=np.int32([0, 0, 400_000, 0]).tobytes()))
    making.node("PAD", [source, paddings], [large], "PadOptions")
    making.node("SUM", [large, making.integers([1])], [output], "ReducerOptions", keep_dims=True)
    network = making.network([source], output)
    data = np.float32([1, 2, 3, 4]).tobytes()
    ((answer,),) = host.run(write_network(network), network.main, [data])
    assert np.frombuffer(answer, np.float32).tolist() == [10.0]
