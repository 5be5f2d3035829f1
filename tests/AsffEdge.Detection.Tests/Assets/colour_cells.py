"""Writes colour_cells.onnx and colour_cells_retina.onnx (run with Debian's python3-onnx): detectors whose answers are known by construction.

Each head averages the picture over its cells (stride 32 and 16) and judges the mean colour of each, in 0..1. Prediction 0 is a box
the size of the cell, prediction 1 one of three cells a side, both centred. Prediction 0 sees red and blue cells, prediction 1 green
ones; class 0 is red or green, class 1 is blue. The files have no manifest: the tests add theirs.

The second file says the same in RetinaNet's layout, deltas before classes: each delta puts the box of an anchor that is as large as the cell, or
as three cells, into the middle of the cell. A third head, of stride 128, sees nothing; its map rounds up as RetinaNet's coarse ones do.
"""

import math
import os

import numpy
from onnx import TensorProto, checker, helper, numpy_helper, save

GAIN = 20.0


def head(name, stride):
    weights = numpy.zeros((14, 3, 1, 1), numpy.float32)
    bias = numpy.zeros(14, numpy.float32)
    for prediction, (cells, colours) in enumerate([(1, [0, 2]), (3, [1])]):
        first = prediction * 7
        bias[first + 2 : first + 4] = math.log(cells * stride)
        weights[first + 4, colours] = GAIN
        weights[first + 5, [0, 1]] = GAIN
        weights[first + 6, 2] = GAIN
        bias[first + 4 : first + 7] = -GAIN / 2
    nodes = [
        helper.make_node("AveragePool", ["images"], [name + "_mean"], kernel_shape=[stride, stride], strides=[stride, stride]),
        helper.make_node("Conv", [name + "_mean", name + "_weights", name + "_bias"], [name]),
    ]
    constants = [numpy_helper.from_array(weights, name + "_weights"), numpy_helper.from_array(bias, name + "_bias")]
    output = helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 14, None, None])
    return nodes, constants, output


def retina_head(name, stride):
    weights = numpy.zeros((12, 3, 1, 1), numpy.float32)
    bias = numpy.zeros(12, numpy.float32)
    bias[8:] = -GAIN / 2
    for prediction, (cells, colours) in enumerate([(1, [(0, 0), (2, 1)]), (3, [(1, 0)])]):
        bias[4 * prediction : 4 * prediction + 2] = 0.5 / cells
        for colour, label in colours:
            weights[8 + 2 * prediction + label, colour] = GAIN if stride < 128 else 0
    pool = helper.make_node(
        "AveragePool", ["images"], [name + "_mean"], kernel_shape=[stride, stride], strides=[stride, stride], ceil_mode=1
    )
    nodes = [pool, helper.make_node("Conv", [name + "_mean", name + "_weights", name + "_bias"], [name])]
    constants = [numpy_helper.from_array(weights, name + "_weights"), numpy_helper.from_array(bias, name + "_bias")]
    output = helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 12, None, None])
    return nodes, constants, output


def write(file, heads):
    graph = helper.make_graph(
        [node for nodes, _, _ in heads for node in nodes],
        "colour_cells",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", 3, "h", "w"])],
        [output for _, _, output in heads],
        [constant for _, constants, _ in heads for constant in constants],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model, full_check=True)
    save(model, os.path.join(os.path.dirname(os.path.abspath(__file__)), file))


write("colour_cells.onnx", [head("coarse", 32), head("fine", 16)])
write("colour_cells_retina.onnx", [retina_head("coarsest", 128), retina_head("coarse", 32), retina_head("fine", 16)])
