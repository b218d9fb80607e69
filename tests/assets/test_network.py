"""The road network as a pure question: what hangs together, and which village is served by it."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.network import CONNECTED, CUT_OFF, NO_ROAD, NO_SEAT, components, connections, in_zones, join

ASK = {"reach": 300.0, "seat_reach": 500.0, "tolerance": 15.0}


def road(*points):
    return shapely.linestrings(points)


def ask(villages, seats, lines, good=None, **more):
    flags = np.ones(len(lines), dtype=bool) if good is None else np.array(good)
    made = [
        np.array([shapely.points(p) if p else None for p in points], dtype=object)
        for points in (villages, seats)
    ]
    return connections(*made, np.array(lines, dtype=object), flags, **(ASK | more))


def test_sections_whose_ends_meet_within_the_tolerance_are_one_network():
    lines = np.array([road((0, 0), (1000, 0)), road((1015, 0), (2000, 0)), road((2016, 0), (3000, 0))])
    assert components(lines, 15).tolist() == [0, 0, 2]


def test_an_end_that_meets_a_road_along_its_way_is_a_junction_and_a_crossing_is_none():
    lines = np.array([road((0, 0), (1000, 0)), road((500, 10), (500, 900)), road((200, -500), (200, 500))])
    assert components(lines, 15).tolist() == [0, 0, 2]


def test_the_parts_of_one_section_belong_together():
    parts = shapely.multilinestrings([road((0, 0), (100, 0)), road((400, 0), (500, 0))])
    assert components(np.array([parts, road((500, 0), (900, 0))]), 5).tolist() == [0, 0]


def test_a_village_beside_a_road_that_leads_to_the_seat_is_connected():
    found = ask([(2000, 300)], [(0, 400)], [road((0, 0), (1000, 0)), road((1000, 0), (2000, 0))])
    assert (found[0].verdict, found[0].section, found[0].distance_m) == (CONNECTED, 1, 300.0)


def test_the_last_metre_of_the_reach_counts_and_one_more_does_not():
    lines = [road((0, 0), (2000, 0))]
    assert ask([(2000, 300)], [(0, 0)], lines)[0].verdict == CONNECTED
    assert ask([(2000, 300.01)], [(0, 0)], lines)[0].verdict == NO_ROAD


def test_nearness_to_a_road_that_leads_nowhere_is_no_connection():
    lines = [road((0, 0), (1000, 0)), road((1900, 0), (2500, 0))]
    assert ask([(2000, 50)], [(0, 0)], lines)[0].verdict == CUT_OFF


def test_a_road_of_the_wrong_kind_connects_the_good_one_behind_it_and_serves_nobody_itself():
    lines = [road((0, 0), (1000, 0)), road((1000, 0), (2000, 0))]
    assert ask([(2000, 50)], [(0, 0)], lines, good=[False, True])[0].verdict == CONNECTED
    assert ask([(2000, 50)], [(0, 0)], lines, good=[True, False])[0].verdict == NO_ROAD


def test_without_a_seat_or_a_place_nothing_is_told():
    lines = [road((0, 0), (1000, 0))]
    assert ask([(500, 0)], [None], lines)[0].verdict == NO_SEAT
    assert ask([(500, 0)], [(0, 9000)], lines)[0].verdict == NO_SEAT
    assert ask([None], [(0, 0)], lines)[0].verdict == NO_ROAD
    assert ask([(500, 0)], [(0, 0)], [])[0].verdict == NO_SEAT


def test_each_village_is_asked_for_its_own_seat():
    lines = [road((0, 0), (1000, 0)), road((9000, 0), (9900, 0))]
    found = ask([(900, 0), (900, 0)], [(0, 0), (9900, 0)], lines)
    assert [one.verdict for one in found] == [CONNECTED, CUT_OFF]


coordinate = st.integers(0, 40).map(lambda n: n * 10.0)
segment = st.tuples(coordinate, coordinate, coordinate, coordinate).filter(lambda s: s[:2] != s[2:])


@given(st.lists(segment, min_size=1, max_size=12))
@settings(max_examples=120, deadline=None)
def test_components_are_those_of_a_plain_search_over_all_pairs(segments):
    lines = np.array([road(s[:2], s[2:]) for s in segments])
    ends = [[shapely.points(s[:2]), shapely.points(s[2:])] for s in segments]
    met = [
        [min(*(shapely.distance(e, lines[b]) for e in ends[a]),
             *(shapely.distance(e, lines[a]) for e in ends[b]))
         <= 15 for b in range(len(lines))]
        for a in range(len(lines))
    ]  # fmt: skip
    known = list(range(len(lines)))
    for _round in known:
        for a in range(len(lines)):
            for b in range(len(lines)):
                if met[a][b]:
                    known[a] = known[b] = min(known[a], known[b])
    assert components(lines, 15).tolist() == known


@given(st.lists(segment, min_size=1, max_size=8), segment, coordinate, coordinate)
@settings(max_examples=80, deadline=None)
def test_one_more_road_never_takes_a_connection_away(segments, more, x, y):
    lines = [road(s[:2], s[2:]) for s in segments]
    near = {"reach": 40.0, "seat_reach": 40.0}
    before = ask([(x, y)], [(0, 0)], lines, **near)[0].verdict
    after = ask([(x, y)], [(0, 0)], [*lines, road(more[:2], more[2:])], **near)[0].verdict
    assert after == CONNECTED or before != CONNECTED


def test_join_gives_the_smallest_of_each_component():
    assert join(5, np.array([[4, 3], [3, 1]])).tolist() == [0, 1, 2, 1, 1]
    assert join(3, np.empty((0, 2), dtype=int)).tolist() == [0, 1, 2]


@pytest.mark.parametrize(("away", "inside"), [(9.99, True), (10.0, False), (10.01, False)])
def test_a_zone_ends_at_its_edge(away, inside):
    hits = in_zones(
        np.array([road((0, 0), (100, 0))]), np.array([10.0]), np.array([shapely.points(50, away)])
    )
    assert bool(hits) is inside
