"""What every format offers the layer: its description, and features by number."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

Feature = tuple[int, dict[str, Any], BaseGeometry | None]


@dataclass
class Batch:
    """Consecutive features as columns.

    ``numbers`` count from 1 in file order; ``columns`` maps field to array; ``geometries`` are shapely
    geometries in source coordinates, x east (or longitude) first, None where there is none; ``problems``
    says, by number, why a geometry is missing or what was lost in an attribute.
    """

    numbers: np.ndarray
    columns: dict[str, np.ndarray]
    geometries: np.ndarray
    problems: dict[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[Feature]:
        """One (number, attributes, geometry) at a time; missing values are None."""
        names = list(self.columns)
        lists = [plain_list(self.columns[name]) for name in names]
        for index, number in enumerate(self.numbers.tolist()):
            yield (
                number,
                {n: values[index] for n, values in zip(names, lists, strict=True)},
                self.geometries[index],
            )


def plain_list(values: np.ndarray) -> list[Any]:
    """Python values of a column: NaN and NaT become None, whole floats stay floats."""
    if values.dtype.kind == "f":
        return [None if v != v else v for v in values.tolist()]
    if values.dtype.kind == "M":
        return [None if v is None else v for v in values.astype(object).tolist()]
    return values.tolist()


class Source(Protocol):
    """One layer of one dataset."""

    layers: list[str]
    name: str
    fields: list[str]
    feature_count: int
    geometry_type: str
    bounds: tuple[float, float, float, float] | None
    crs_text: str
    notes: list[str]

    def read(self, start: int, size: int) -> Batch:
        """Features ``start`` (from 0) and following."""


def drop_z(geometries: np.ndarray) -> tuple[np.ndarray, bool]:
    """The geometries in two dimensions, and whether a height was dropped (rule L04)."""
    had_z = bool(shapely.has_z(geometries).any())
    return (shapely.force_2d(geometries) if had_z else geometries), had_z
