"""The outline of some ground out of a layer file: all its polygons as one. 中文：地块范围文件"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.utils.translation import gettext as _

from land.admission import admit_layer
from registry import geo
from registry.errors import BadInput

from .footprints import read_footprints

MOST = 500  # polygons of one outline


def read_outline(path: Path, *, source_srid: int | None = None) -> GEOSGeometry:
    """All polygons of a file as one geometry of record (EPSG:4490, multi).

    Raises ``BadInput`` or ``ReadError``: no coordinate system, another county, a shape that cannot be
    computed with, too many shapes.
    """
    footprints, _ids = read_footprints(path, source_srid=source_srid)
    if not footprints or len(footprints) > MOST:
        raise BadInput(
            _("The file has %(count)d shapes; from 1 to %(most)d are expected.")
            % {"count": len(footprints), "most": MOST},
            "geom",
        )
    srid = footprints[0].srid
    shapes = np.empty(len(footprints), dtype=object)
    shapes[:] = [footprint.geometry for footprint in footprints]
    admitted = admit_layer(shapes, srid=srid)
    wrong = [position for position, geom in enumerate(admitted.geoms) if geom is None]
    if wrong:
        raise BadInput(
            _("Shape %(number)d of the file cannot be computed with: it is no valid polygon. Correct it.")
            % {"number": wrong[0] + 1},
            "geom",
        )
    united = geo.to_record(shapely.union_all(admitted.geoms), srid)
    return GEOSGeometry(memoryview(shapely.to_wkb(united, output_dimension=2)), srid=geo.RECORD_SRID)
