"""What happens around a model: threads, arrays, files, processes that load data."""

import io
import warnings

from .torch_base import compare, place, random

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from typing import Any

    Found = tuple[str, dict[str, object]]

LOADING_S = 90


def threads(torch: "Any", _wanted: str, _options: "Any") -> "Found":
    """Compute in parallel what was computed serially; integers must agree exactly."""
    count = torch.get_num_threads()
    if count < 1:
        return "fail", {"reason": "no-threads", "count": count}
    length = 1 << 20
    numbers = torch.arange(length)
    sums = []
    for wanted in (1, max(2, count)):
        torch.set_num_threads(wanted)
        sums.append(int((numbers * 3 + 1).sum()))
    torch.set_num_threads(count)
    expected = 3 * (length * (length - 1) // 2) + length
    if sums != [expected, expected]:
        return "fail", {"reason": "wrong-sums", "serial": sums[0], "parallel": sums[1]}
    return "pass", {"count": count}


def numpy(torch: "Any", np: "Any") -> "Found":
    """Share memory with NumPy, both ways."""
    array = np.zeros(6, dtype="float32")
    # Where NumPy is too new for a release, PyTorch only warns at its import.
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        tensor = torch.from_numpy(array)
    array += 1
    tensor += 1
    expected = [2.0] * 6
    if tensor.tolist() != expected or tensor.numpy().tolist() != expected:
        return "fail", {"reason": "not-shared"}
    told: dict[str, object] = {"version": np.__version__}
    told.update({"warned": said[0].message} if said else {})
    return "pass", told


def save_load(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """Save numbers and load them again, to the CPU and to the device."""
    sent = random(torch, 64, 64)
    stream = io.BytesIO()
    torch.save({"weights": sent.to(place(torch, wanted)), "step": 7}, stream)
    for where in ("cpu", place(torch, wanted)):
        stream.seek(0)
        got = torch.load(stream, map_location=where)
        if got["step"] != 7 or got["weights"].device.type != where.partition(":")[0]:
            return "fail", {"reason": "wrong-result", "expected": where, "found": got["step"]}
        status, values = compare(torch, got["weights"], sent.double(), 0.0)
        if status != "pass":
            return status, values
    return "pass", {"bytes": len(stream.getvalue())}


def dataloader(torch: "Any", _wanted: str, _options: "Any") -> "Found":
    """Load with two worker processes, which hand tensors over in shared memory."""
    data = torch.utils.data
    rows = torch.arange(64).reshape(16, 4)
    loader = data.DataLoader(
        data.TensorDataset(rows), batch_size=4, num_workers=2, timeout=LOADING_S
    )
    got = [batch[0] for batch in loader]
    total = int(sum(int(one.sum()) for one in got))
    if len(got) != 4 or total != 64 * 63 // 2:
        return "fail", {"reason": "wrong-result", "expected": 2016, "found": total}
    return "pass", {"workers": 2}
