"""What a case is, so that the same one is told from others wherever it comes from."""

import hashlib

import onnx


def identity(kind, name, model, data):
    """A digest of a case: kind, name, operator sets, graph and data.

    Who wrote the model when does not count. `data` maps the files of the data sets, by their paths below the case's
    folder, to their bytes.
    """
    proto = onnx.load_from_string(model)
    opsets = sorted((item.domain, item.version) for item in proto.opset_import)
    digest = hashlib.sha256(repr((kind, name, opsets)).encode())
    digest.update(proto.graph.SerializeToString(deterministic=True))
    for function in proto.functions:
        digest.update(function.SerializeToString(deterministic=True))
    for path in sorted(data):
        digest.update(path.encode())
        digest.update(data[path])
    return digest.hexdigest()


def identities(suite):
    """The digests of all cases in a folder of kinds."""
    for model in sorted(suite.glob("*/*/model.onnx")):
        folder = model.parent
        data = {str(file.relative_to(folder)): file.read_bytes() for file in folder.glob("test_data_set_*/*.pb")}
        yield identity(folder.parent.name, folder.name, model.read_bytes(), data)
