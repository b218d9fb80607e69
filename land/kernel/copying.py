"""Rows as a binary COPY sends them: where each field lies, and numbers out of them. 中文：读取 COPY 流"""

from __future__ import annotations

import numba
import numpy as np

_HEADER = 19  # signature, flags, length of the extension


@numba.njit(cache=True, nogil=True)
def _long(data, at):  # type: ignore[no-untyped-def]
    """The big-endian signed 32-bit number at a byte."""
    value = (
        np.int64(data[at]) << 24
        | np.int64(data[at + 1]) << 16
        | np.int64(data[at + 2]) << 8
        | np.int64(data[at + 3])
    )
    return value - (1 << 32) if value >= 1 << 31 else value


@numba.njit(cache=True, nogil=True)
def _count(data):  # type: ignore[no-untyped-def]
    rows, at = 0, _HEADER
    while data[at] != 255:  # the trailer is -1 where a row says how many fields it has
        fields = np.int64(data[at]) << 8 | np.int64(data[at + 1])
        at += 2
        for _field in range(fields):
            length = _long(data, at)
            at += 4 + max(length, 0)
        rows += 1
    return rows


@numba.njit(cache=True, nogil=True)
def _fields(data, begins, ends):  # type: ignore[no-untyped-def]
    """Where every field of every row begins and ends; NULL: before it begins."""
    at = _HEADER
    for row in range(len(begins)):
        at += 2
        for field in range(begins.shape[1]):
            length = _long(data, at)
            begins[row, field] = at + 4
            ends[row, field] = at + 4 + length
            at += 4 + max(length, 0)


@numba.njit(cache=True, nogil=True)
def _integers(data, begins, ends):  # type: ignore[no-untyped-def]
    out = np.full(len(begins), -1, dtype=np.int64)
    for n in range(len(begins)):
        if ends[n] >= begins[n]:
            value = np.int64(0)
            for at in range(begins[n], ends[n]):
                value = value << 8 | np.int64(data[at])
            out[n] = value
    return out


class Copied:
    """What a COPY has sent: ``width`` fields a row."""

    def __init__(self, sent: bytes, width: int) -> None:
        self.sent = sent
        self.data = np.frombuffer(sent, dtype=np.uint8)
        rows = _count(self.data)
        self.begins = np.empty((rows, width), dtype=np.int64)
        self.ends = np.empty((rows, width), dtype=np.int64)
        _fields(self.data, self.begins, self.ends)

    def __len__(self) -> int:
        return len(self.begins)

    def integers(self, field: int) -> np.ndarray:
        """A field of int4 or int8 that is never negative; NULL is -1."""
        return _integers(self.data, self.begins[:, field], self.ends[:, field])

    def blobs(self, field: int, rows: np.ndarray | slice = slice(None)) -> list[bytes]:
        """A field as it was sent, of all rows or those given; NULL is empty."""
        begins, ends = self.begins[rows, field], self.ends[rows, field]
        places = zip(begins.tolist(), ends.tolist(), strict=True)
        return [self.sent[begin:end] if end > begin else b"" for begin, end in places]

    def texts(self, field: int) -> list[str]:
        """A field of text; NULL is empty."""
        return [blob.decode() for blob in self.blobs(field)]

    def codes(self, field: int) -> list[str]:
        """A field of text with few different values, each decoded once; NULL is empty."""
        if len(self) and (self.ends[:, field] - self.begins[:, field]).max() > 7:
            return self.texts(field)
        found, at = np.unique(self.integers(field), return_inverse=True)
        words = [max(value, 0).to_bytes(8, "big").lstrip(b"\0").decode() for value in found.tolist()]
        return [words[n] for n in at.tolist()]
