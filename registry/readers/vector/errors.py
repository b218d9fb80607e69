"""Why a layer was refused, one class a reason. 中文：图层被退回的原因"""

from registry.readers.errors import ReadError


class UnreadableLayer(ReadError):
    """The file is not what its name says, is damaged, or a part of it is missing."""

    code = "unreadable"


class EmptyLayer(ReadError):
    """There is no feature in it."""

    code = "empty_layer"


class SeveralLayers(ReadError):
    """Which one? ``proposals`` names them."""

    code = "several_layers"


class WrongEncoding(ReadError):
    """The text does not read as Chinese; ``proposals`` names the encodings that fit. 中文：编码不符"""

    code = "encoding"


class UnknownCRS(ReadError):
    """L01: no coordinate system declared, or none that is taken; ``proposals`` are SRIDs to confirm."""

    code = "L01"


class OutsideCounty(ReadError):
    """L02: the shapes do not lie in the county (zone shift, swapped axes, another place)."""

    code = "L02"


class ZonePrefix(ReadError):
    """L03: the zone prefix of the numbers and the declared system disagree. 中文：带号不符"""

    code = "L03"


class RefusedDatum(ReadError):
    """Beijing 1954 and Xi'an 1980 need transformation parameters that nobody may guess."""

    code = "refused_datum"


class FileTooLarge(ReadError):
    """Beyond the limits of one import."""

    code = "too_large"
