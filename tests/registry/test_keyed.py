"""Lists whose order is worked out once, for keys. 中文：先取主键的列表"""

from __future__ import annotations

import pytest
from django.db.models import F

from registry.models import Unit
from registry.queries.keyed import Keyed
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(cast):
    for number in range(7):
        make.unit(f"渠{number % 3}", cast.village, code=f"U-{number}")
    return Unit.objects.filter(code__startswith="U-").annotate(said=F("name")).order_by("-said", "code")


def test_a_page_is_that_of_the_queryset(rows, django_assert_num_queries):
    keyed = Keyed(rows, "said")
    with django_assert_num_queries(2):
        assert len(keyed) == keyed.count() == 7
        page = list(keyed[2:5])
    assert [unit.pk for unit in page] == [unit.pk for unit in rows[2:5]]
    assert [unit.said for unit in page] == [unit.said for unit in rows[2:5]]
    assert [said for _key, said in keyed.keys] == [unit.said for unit in rows]


def test_it_is_ordered_anew_and_gone_through_as_the_queryset(rows):
    keyed = Keyed(rows).order_by("code")
    assert list(keyed) == list(rows.order_by("code")) == list(keyed[0:7])
    assert not len(keyed[7:9])
    assert not list(keyed[7:9])


def test_a_page_that_nobody_looks_at_is_not_read(rows, django_assert_num_queries):
    keyed = Keyed(rows)
    with django_assert_num_queries(1):
        assert len(keyed[2:5]) == 3
    with django_assert_num_queries(1):
        page = keyed[2:5]
        assert [page[0], page[2]] == [list(page)[0], list(page)[2]]


def test_what_left_in_between_leaves_no_hole(rows):
    keyed = Keyed(rows.order_by("code"))
    assert len(keyed) == 7
    Unit.objects.filter(code="U-1").update(code="V-1")
    assert [unit.code for unit in keyed[0:3]] == ["U-0", "U-2"]
