"""Layers of shapes from disk. 中文：矢量数据读取

with open_layer(path, profile=settings.COUNTY) as layer:
    srid = resolve_srid(layer)                  # L01, L02, L03 or a sentence
    for batch in layer.batches():
        located = locate(batch.geometries, srid, layer.profile)
"""

from .crs import Located, locate, propose, resolve_srid
from .errors import (
    EmptyLayer,
    FileTooLarge,
    OutsideCounty,
    RefusedDatum,
    SeveralLayers,
    UnknownCRS,
    UnreadableLayer,
    WrongEncoding,
    ZonePrefix,
)
from .layer import LayerFile, open_layer
from .source import Batch, Feature

__all__ = [
    "Batch",
    "EmptyLayer",
    "Feature",
    "FileTooLarge",
    "LayerFile",
    "Located",
    "OutsideCounty",
    "RefusedDatum",
    "SeveralLayers",
    "UnknownCRS",
    "UnreadableLayer",
    "WrongEncoding",
    "ZonePrefix",
    "locate",
    "open_layer",
    "propose",
    "resolve_srid",
]
