"""The peers of the overlay bench, in an environment of their own; reads bytes, answers a line of JSON a job.

`python peers.py FOLDER` and then on standard input, a line each: `audit ENGINE` or `flow ENGINE`. Standard
library, shapely and the peers alone: it imports nothing of the product.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import shapely

AUDIT = (
    "SELECT f.id AS id, p.grp AS grp, sum(ST_Area(ST_Intersection(f.g, p.g))) AS a"
    " FROM fp f JOIN piece p ON ST_Intersects(f.g, p.g) GROUP BY 1, 2"
)
FLOW = (
    "SELECT o.cls AS old, n.cls AS new, sum(ST_Area(ST_Intersection(o.g, n.g))) AS a"
    " FROM farm o JOIN other n ON ST_Intersects(o.g, n.g) GROUP BY 1, 2"
)
TABLES = {"audit": ("fp", "piece"), "flow": ("farm", "other")}
COLUMNS = {"fp": "id", "piece": "grp", "farm": "cls", "other": "cls"}
SQL = {"audit": AUDIT, "flow": FLOW}


def texts(folder: Path, name: str) -> list[bytes]:
    """Geometries as WKB."""
    data, ends = (folder / f"{name}.wkb").read_bytes(), np.load(folder / f"{name}.ends.npy").tolist()
    return [data[begin:end] for begin, end in zip([0, *ends[:-1]], ends, strict=True)]


def column(folder: Path, name: str) -> np.ndarray:
    return np.load(folder / f"{name}.{COLUMNS[name]}.npy")


class Geopandas:
    """``geopandas.overlay`` of two frames."""

    def __init__(self, folder: Path, job: str) -> None:
        import geopandas

        self.overlay = geopandas.overlay
        self.frames = [
            geopandas.GeoDataFrame(
                {f"c{n}": column(folder, name)}, geometry=shapely.from_wkb(texts(folder, name)), crs=None
            )
            for n, name in enumerate(TABLES[job])
        ]

    def run(self) -> float:
        common = self.overlay(*self.frames, how="intersection", keep_geom_type=True)
        common["a"] = common.geometry.area
        return float(common.groupby(["c0", "c1"])["a"].sum().sum())


class Duckdb:
    """duckdb with its spatial extension, two threads."""

    def __init__(self, folder: Path, job: str) -> None:
        import duckdb
        import duckdb_extension_spatial
        import pyarrow as pa

        self.job = job
        self.db = duckdb.connect(config={"allow_unsigned_extensions": "true", "threads": 2})
        found = [str(p) for p in Path(duckdb_extension_spatial.__file__).parent.rglob("*.duckdb_extension")]
        self.db.execute(f"LOAD '{found[0]}'")
        for name in TABLES[job]:
            rows = pa.table(
                {COLUMNS[name]: column(folder, name), "w": pa.array(texts(folder, name), pa.binary())}
            )
            self.db.register(f"{name}_rows", rows)
            self.db.execute(
                f"CREATE TABLE {name} AS SELECT {COLUMNS[name]}, ST_GeomFromWKB(w) AS g FROM {name}_rows"
            )

    def run(self) -> float:
        return float(sum(row[2] for row in self.db.execute(SQL[self.job]).fetchall()))


class Sedonadb:
    """sedonadb, embedded."""

    def __init__(self, folder: Path, job: str) -> None:
        import pyarrow as pa
        import sedonadb

        self.job, self.db = job, sedonadb.connect()
        for name in TABLES[job]:
            rows = pa.table(
                {COLUMNS[name]: column(folder, name), "w": pa.array(texts(folder, name), pa.binary())}
            )
            self.db.create_data_frame(rows).to_view(f"{name}_rows")
            self.db.sql(
                f"SELECT {COLUMNS[name]}, ST_GeomFromWKB(w) AS g FROM {name}_rows"
            ).to_memtable().to_view(name)

    def run(self) -> float:
        return float(self.db.sql(SQL[self.job]).to_pandas()["a"].sum())


ENGINES = {"geopandas": Geopandas, "duckdb": Duckdb, "sedonadb": Sedonadb}


def main(folder: Path) -> int:
    """Answer jobs until the end of the input."""
    ready: dict[tuple[str, str], Any] = {}
    for line in sys.stdin:
        job, engine = line.split()
        try:
            if (job, engine) not in ready:
                ready[job, engine] = ENGINES[engine](folder, job)
            begun = time.perf_counter()
            total = ready[job, engine].run()
            answer: dict[str, Any] = {"seconds": time.perf_counter() - begun, "total": total}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"[:300]}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
