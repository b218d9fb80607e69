"""What a village keeps lies within its borders: lines end at the township's, the rest moves inside."""

import numpy as np
import shapely
from shapely.ops import nearest_points

from registry.demo.assets import Asset

BORDER = 40.0  # metres kept from the outline


def keep_at_home(assets: list[Asset], outlines: dict[str, shapely.Geometry]) -> None:
    """Move the shapes of the assets within the outline of their village, cut lines at the township's."""
    within = {code: shapely.buffer(shape, -BORDER) for code, shape in outlines.items()}
    for asset in assets:
        if asset.shape is None:
            continue
        dimension = shapely.get_dimensions(asset.shape)
        if dimension == 0:
            asset.shape = _inside(asset.shape, within[asset.village])
        elif dimension == 1:
            asset.shape = _cut(asset.shape, within[asset.village[:9]])
        elif not shapely.covers(outlines[asset.village], asset.shape):
            radius = float(shapely.minimum_bounding_radius(asset.shape))
            asset.shape = _shifted(asset.shape, shapely.buffer(outlines[asset.village], -BORDER - radius))


def _inside(points: shapely.Geometry, home: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(points)
    moved = np.array([p if shapely.covers(home, p) else nearest_points(home, p)[0] for p in parts])
    return moved[0] if len(moved) == 1 else shapely.multipoints(moved)


def _shifted(outline: shapely.Geometry, home: shapely.Geometry) -> shapely.Geometry:
    middle = shapely.centroid(outline)
    step = shapely.get_coordinates(nearest_points(home, middle)[0]) - shapely.get_coordinates(middle)
    return shapely.transform(outline, lambda xy: np.round(xy + step, 4))


def _cut(line: shapely.Geometry, home: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(shapely.intersection(line, home))
    lines = parts[(shapely.get_dimensions(parts) == 1) & (shapely.length(parts) > 1.0)]
    if not len(lines):  # it follows the border: it is moved inside as it is
        return _shifted(line, shapely.buffer(home, -float(shapely.minimum_bounding_radius(line))))
    return lines[0] if len(lines) == 1 else shapely.multilinestrings(lines)
