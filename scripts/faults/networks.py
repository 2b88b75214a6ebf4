"""ONNX models in a form that is easy to change."""

import copy

import numpy as np
import onnx
from onnx import helper, numpy_helper


class Network:
    """A model with its nodes in a list and its initializers as arrays by name."""

    def __init__(self, model):
        self.model = copy.deepcopy(model)
        self.nodes = list(self.model.graph.node)
        self.weights = {tensor.name: numpy_helper.to_array(tensor).copy() for tensor in self.model.graph.initializer}
        for index, node in enumerate(self.nodes):
            node.name = node.name or f"{node.op_type}_{index}"

    @property
    def graph(self):
        return self.model.graph

    @property
    def input(self):
        return next(value.name for value in self.graph.input if value.name not in self.weights)

    @property
    def output(self):
        return self.graph.output[0].name

    def copy(self):
        return Network(self.proto())

    def proto(self):
        """The model with what was changed in it."""
        model = copy.deepcopy(self.model)
        del model.graph.node[:], model.graph.initializer[:]
        model.graph.node.extend(self.nodes)
        read = {name for node in self.nodes for name in node.input} | {value.name for value in model.graph.output}
        model.graph.initializer.extend(
            numpy_helper.from_array(array, name) for name, array in self.weights.items() if name in read)
        kept = [value for value in model.graph.input if value.name not in self.weights or value.name in read]
        del model.graph.input[:]
        model.graph.input.extend(kept)
        del model.graph.value_info[:]
        return model

    def of_type(self, *types):
        return [node for node in self.nodes if node.op_type in types]

    def producer(self, value):
        return next((node for node in self.nodes if value in node.output), None)

    def middle(self, *types, where=lambda node: True):
        """The middle one of the nodes of some types."""
        found = [node for node in self.of_type(*types) if where(node)]
        return found[len(found) // 2] if found else None

    def own_weight(self, node, place):
        """The array of a node's weight, under a name that no other node reads."""
        name = node.input[place]
        if sum(list(other.input).count(name) for other in self.nodes) > 1:
            node.input[place] = f"{name}.of.{node.name}"
            self.weights[node.input[place]] = self.weights[name].copy()
        return self.weights[node.input[place]]

    def set_weight(self, node, place, array):
        self.own_weight(node, place)
        self.weights[node.input[place]] = np.ascontiguousarray(array)

    def insert_after(self, value, op_type, name, inputs=(), weights=None, **attributes):
        """A new node that reads a value; all that read the value read the new node's output then."""
        output = f"{name}_output"
        node = helper.make_node(op_type, [value, *inputs], [output], name=name, **attributes)
        for other in self.nodes:
            for place, given in enumerate(other.input):
                if given == value:
                    other.input[place] = output
        maker = self.producer(value)
        if value == self.output:
            # The graph's output keeps its name.
            inner = f"{value}_before_{name}"
            for other in self.nodes:
                for place, given in enumerate(other.output):
                    if given == value:
                        other.output[place] = inner
                for place, given in enumerate(other.input):
                    if given == output:
                        other.input[place] = inner
            node.input[0], node.output[0] = inner, value
        self.nodes.insert(self.nodes.index(maker) + 1 if maker else 0, node)
        self.weights.update(weights or {})
        return node

    def remove(self, node):
        """Takes a node out; what reads its output reads its first input then."""
        self.nodes.remove(node)
        for other in self.nodes:
            for place, given in enumerate(other.input):
                if given == node.output[0]:
                    other.input[place] = node.input[0]


def attribute(node, name, default=None):
    for item in node.attribute:
        if item.name == name:
            return helper.get_attribute_value(item)
    return default


def set_attribute(node, name, value):
    kept = [item for item in node.attribute if item.name != name]
    del node.attribute[:]
    node.attribute.extend(kept + [helper.make_attribute(name, value)])
