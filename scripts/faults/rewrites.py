"""The same network written in another way."""

import numpy as np
import onnx
from onnx import helper, numpy_helper, version_converter

from faults import with_normalization
from networks import Network

REWRITES = {}


def rewrite(function):
    REWRITES[function.__name__.replace("_", "-")] = function
    return function


@rewrite
def renamed(network, random):
    """All nodes and inner values have other names."""
    other = network.copy()
    names = {network.input: network.input, network.output: network.output, "": ""}
    for index, node in enumerate(other.nodes):
        node.name = f"n{index}"
        for values in node.input, node.output:
            for place, value in enumerate(values):
                names.setdefault(value, f"v{len(names)}")
                values[place] = names[value]
    other.weights = {names.get(name, name): array for name, array in other.weights.items()}
    return network, other


@rewrite
def reordered(network, random):
    """The nodes stand in another order in which each comes after those that it reads."""
    other = network.copy()
    waiting, ready = list(other.nodes), set(other.weights) | {other.input, ""}
    other.nodes = []
    while waiting:
        able = [node for node in waiting if all(name in ready for name in node.input)]
        node = able[random.integers(len(able))]
        waiting.remove(node)
        other.nodes.append(node)
        ready.update(node.output)
    return network, other


@rewrite
def renamed_and_reordered(network, random):
    """Both at once."""
    return network, renamed(reordered(network, random)[1], random)[1]


@rewrite
def constants_folded(network, random):
    """Weights that nodes had made of constants are initializers."""
    base = network.copy()
    base.weights["two"] = np.float32(2)
    for node in base.of_type("Conv")[::3]:
        name = node.input[1]
        base.weights[f"{name}.half"] = base.weights[name] / 2
        node.input[1] = f"{name}.made"
        base.nodes.insert(0, helper.make_node("Mul", [f"{name}.half", "two"], [node.input[1]], name=f"{name}.mul"))
    return base, network


@rewrite
def normalization_folded(network, random):
    """BatchNormalization is in the weights of the convolutions."""
    return with_normalization(network, network.of_type("Conv"), random), network


@rewrite
def identity_added(network, random):
    """Identity nodes stand between others, also at the beginning and the end."""
    other = network.copy()
    for index, node in enumerate(list(other.nodes)[::4]):
        other.insert_after(node.output[0], "Identity", f"identity{index}")
    other.insert_after(other.input, "Identity", "first")
    other.insert_after(other.output, "Identity", "last")
    return network, other


@rewrite
def initializers_as_constants(network, random):
    """Weights are made by Constant nodes."""
    other = network.copy()
    constants = [
        helper.make_node("Constant", [], [name], name=f"make {name}", value=numpy_helper.from_array(array, name))
        for name, array in other.weights.items()]
    other.nodes, other.weights = constants + other.nodes, {}
    return network, other


@rewrite
def opset_raised(network, random):
    """ONNX's own converter has raised the operator set."""
    model = network.proto()
    model.ir_version = max(model.ir_version, 8)
    return network, Network(version_converter.convert_version(model, 18))


@rewrite
def external_data(network, random):
    """All weights lie in a file of their own."""
    return network, network.copy()


@rewrite
def batch_changed(network, random):
    """The batch is of any size where it was 1, or the other way round."""
    other = network.copy()
    for value in list(other.graph.input) + list(other.graph.output):
        dimension = value.type.tensor_type.shape.dim[0]
        if dimension.HasField("dim_value"):
            dimension.dim_param = "N"
        else:
            dimension.dim_value = 1
    return network, other


@rewrite
def shared_weights_split(network, random):
    """Two nodes that had read one weight have one each."""
    base = network.copy()
    place = base.middle("Relu", "Clip", where=lambda node: base.producer(node.input[0]).op_type == "Conv")
    channels = base.weights[base.producer(place.input[0]).input[1]].shape[0]
    shared = (1 + random.normal(0, 0.1, (channels, 1, 1, 1))).astype(np.float32)
    value = place.output[0]
    for name in "scaled_twice", "scaled_once":
        base.insert_after(value, "Conv", name, inputs=["shared"], weights={"shared": shared}, group=channels)
    other = base.copy()
    for node in other.nodes:
        if node.name.startswith("scaled"):
            other.own_weight(node, 1)
    return base, other


@rewrite
def weights_given_as_inputs(network, random):
    """Initializers are listed among the graph's inputs, as files before IR 4 had them."""
    other = network.copy()
    for name, array in other.weights.items():
        other.graph.input.append(
            helper.make_tensor_value_info(name, onnx.helper.np_dtype_to_tensor_dtype(array.dtype), array.shape))
    return network, other
