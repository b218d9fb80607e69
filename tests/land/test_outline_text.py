"""An outline typed or drawn, one point a line: rings, holes, planes, and what is refused."""

from __future__ import annotations

import pytest
import shapely
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from land.outline_text import outline_of, typed
from registry import geo

pytestmark = pytest.mark.django_db
X, Y = 103.70, 23.00


def square(side: float, dx: float = 0, dy: float = 0) -> str:
    west, south = X + dx, Y + dy
    ring = [(west, south), (west + side, south), (west + side, south + side), (west, south + side)]
    return "\n".join(f"{x} {y}" for x, y in ring)


def shape_of(text: str) -> shapely.Geometry:
    geom, srid = outline_of(text)
    assert srid == geo.RECORD_SRID
    return shapely.from_wkb(bytes(geom.wkb))


def test_a_ring_inside_another_is_a_hole_and_one_beside_it_a_part():
    made = shape_of("\n\n".join((square(0.003), square(0.001, 0.001, 0.001), square(0.001, 0.01))))
    assert len(shapely.get_parts(made)) == 2
    assert made.area == pytest.approx(0.003**2 - 0.001**2 + 0.001**2, rel=1e-9)


@given(st.floats(0.0005, 0.004), st.floats(0, 0.02), st.booleans())
def test_what_is_written_out_is_read_again(side, away, hole):
    texts = [square(side)] + [square(side / 2, side / 4, side / 4)] * hole + [square(side, away + 2 * side)]
    first = shape_of("\n\n".join(texts))
    again = shape_of(typed(first))
    assert shapely.symmetric_difference(first, again).area < 1e-9 * first.length
    assert len(shapely.get_parts(again)) == len(shapely.get_parts(first))


def test_a_shape_without_an_area_is_not_written_out():
    assert typed(None) == typed(shapely.Point(X, Y)) == ""


@pytest.mark.parametrize(
    "text",
    [
        "", "1 2\n3 4", f"{square(0.001)}\n\n103.7 23", "a b\n1 2\n3 4", "nan 1\n2 3\n4 5", "inf 1\n2 3\n4 5",
        f"{X} {Y}\n{X + 0.001} {Y + 0.001}\n{X + 0.001} {Y}\n{X} {Y + 0.001}",  # a bow tie
        f"{X} {Y}\n{X + 0.001} {Y}\n{X + 0.002} {Y}",  # no area
        f"{square(0.001)}\n\n{square(0.001)}",  # a hole as large as the part
        "\n".join(" ".join(reversed(line.split())) for line in square(0.001).splitlines()),  # swapped
    ],
)  # fmt: skip
def test_what_encloses_nothing_or_lies_elsewhere_is_refused(text):
    with pytest.raises(ValidationError):
        outline_of(text)
