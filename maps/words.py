"""Words that the map's script shows."""

from django.utils.translation import gettext as _


def script_words() -> dict[str, str]:
    return {
        "finding": _("The finding"),
        "unit": _("The unit's page"),
        "zone": _("Permanent basic farmland"),
        "parcel": _("Parcel"),
        "nothing": _("Nothing registered here."),
    }


def layer_labels() -> dict[str, str]:
    return {
        "parcels": _("Land-use parcels"),
        "basic_farmland": _("Permanent basic farmland"),
        "divisions": _("Division outlines"),
        "units": _("Assets"),
        "hillshade": _("Terrain"),
        "basemap": _("Base map"),
    }
