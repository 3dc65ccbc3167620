"""Small ONNX models, written byte by byte: the package that makes them need not be there.

The numbers of fields are those of ``onnx.proto`` (ONNX), the encoding that of Protocol Buffers:
a key is the field's number and its wire type, 0 for a number, 2 for bytes with their length.
"""

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from typing import Any

    Node = tuple[str, list[str], str, dict[str, Any]]

FLOAT, FLOAT16, INT64 = 1, 10, 7
INT, INTS = 2, 7
# Both are old enough for every release of ONNX Runtime that is planned: 1.6 reads IR 7, opset 13.
IR, OPSET = 7, 13


def number(value: int) -> bytes:
    """Encode a whole number that isn't negative, seven bits at a time."""
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


def whole(field: int, value: int) -> bytes:
    """Encode a field that is a number; a negative one as 64 bits."""
    return number(field << 3) + number(value & (1 << 64) - 1)


def part(field: int, value: bytes) -> bytes:
    """Encode a field that is a message or bytes."""
    return number(field << 3 | 2) + number(len(value)) + value


def said(field: int, value: str) -> bytes:
    """Encode a field that is text."""
    return part(field, value.encode("utf-8"))


def attribute(name: str, value: "int | list[int]") -> bytes:
    """Encode an attribute of a node."""
    if isinstance(value, int):
        return said(1, name) + whole(3, value) + whole(20, INT)
    return said(1, name) + b"".join(whole(8, one) for one in value) + whole(20, INTS)


def node(kind: str, takes: "list[str]", gives: str, more: "dict[str, int | list[int]]") -> bytes:
    """Encode an operation with one output."""
    parts = [said(1, one) for one in takes] + [said(2, gives), said(3, gives), said(4, kind)]
    return b"".join(parts + [part(5, attribute(*one)) for one in more.items()])


def value_info(name: str, dims: "list[int] | None" = None) -> bytes:
    """Encode an input or output of float32 numbers, of any shape where none is given."""
    kind = whole(1, FLOAT)
    if dims is not None:
        kind += part(2, b"".join(part(1, whole(1, one)) for one in dims))
    return said(1, name) + part(2, part(1, kind))


def tensor(name: str, kind: int, dims: "list[int]", raw: bytes) -> bytes:
    """Encode a constant by its bytes, the smallest first."""
    shape = b"".join(whole(1, one) for one in dims)
    return shape + whole(2, kind) + said(8, name) + part(9, raw)


def model(
    takes: "list[str]",
    nodes: "list[Node]",
    constants: "tuple[bytes, ...]" = (),
    shapes: "list[list[int]] | None" = None,
) -> bytes:
    """Encode a model of some operations; its output is the last one's.

    Args:
        takes: the names of its inputs.
        nodes: the operations: kind, inputs, output, attributes.
        constants: what :func:`tensor` made.
        shapes: those of its inputs, without which some providers take none of it.
    """
    graph = b"".join(part(1, node(*one)) for one in nodes) + said(2, "small")
    graph += b"".join(part(5, one) for one in constants)
    given = shapes if shapes is not None else [None] * len(takes)
    graph += b"".join(part(11, value_info(*one)) for one in zip(takes, given))
    graph += part(12, value_info(nodes[-1][2]))
    opset = said(1, "") + whole(2, OPSET)
    return whole(1, IR) + said(2, "torchup") + part(7, graph) + part(8, opset)
