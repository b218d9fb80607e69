"""Outlines of the divisions: the real county, and invented townships, villages and natural villages."""

import csv
from pathlib import Path

import numpy as np
import shapely

from registry import geo
from registry.demo import gisfiles
from registry.demo.places import COUNTY_CODE, COUNTY_NAME, WANTANG, WORK, XINHUA, read_list, villages_of
from registry.demo.settlements import Settlements
from registry.demo.survey import Parcels, cents


def division_shapes(parcels: Parcels, people: Settlements) -> dict[str, shapely.Geometry]:
    """Outline of each division from its parcels, which share every vertex: no gap and no overlap."""
    hamlet = parcels.columns["HAMLET"]
    order = np.argsort(hamlet, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(hamlet[order])) + 1)
    shapes = {
        people.hamlets[int(hamlet[g[0]])].code: shapely.coverage_union_all(parcels.shapes[g]) for g in groups
    }
    for length in (12, 9):
        codes = sorted({code[:length] for code in shapes if len(code) > length})
        for code in codes:
            parts = [
                s for c, s in shapes.items() if c.startswith(code) and len(c) == (15 if length == 12 else 12)
            ]
            shapes[code] = shapely.coverage_union_all(parts)
    return shapes


def write_boundaries(path: Path, shapes: dict, county: shapely.Geometry, people: Settlements) -> None:
    """One layer `xzq`: XZQDM, XZQMC, DCMJ (survey area), and the level in a column of its own."""
    names = {p.code: p.name for p in read_list("nbs")} | {h.code: h.name for h in people.hamlets}
    levels = {9: "township", 12: "village", 15: "natural_village"}
    codes = sorted(shapes, key=lambda code: (len(code), code))
    outlines = np.array([county] + [shapes[code] for code in codes])
    multi = np.array([shapely.multipolygons(shapely.get_parts(s)) for s in outlines])
    area = shapely.area(geo.equal_area(shapely.segmentize(multi, 70.0), WORK))
    columns = {
        "XZQDM": np.array([COUNTY_CODE, *codes], dtype=object),
        "XZQMC": np.array([COUNTY_NAME, *(names[code] for code in codes)], dtype=object),
        "CJ": np.array(["county", *(levels[len(code)] for code in codes)], dtype=object),
        "DCMJ": np.array([float(cents(a)) for a in area]),
    }
    gisfiles.write_gpkg(path, "xzq", multi, columns, "MultiPolygon", WORK)


def write_natural_villages(path: Path, people: Settlements) -> None:
    """The natural villages in the columns of a list of divisions, with households and people."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["level", "code", "name", "parent_code", "households", "people"])
        for hamlet in people.hamlets:
            row = [hamlet.code, hamlet.name, hamlet.village, hamlet.households, hamlet.people]
            writer.writerow(["natural_village", *row])


def known_villages() -> set[str]:
    """Codes of the villages of both townships."""
    return {place.code for township in (XINHUA, WANTANG) for place in villages_of(township)}
