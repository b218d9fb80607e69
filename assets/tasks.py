"""Work of the assets app that is done by the background worker."""

from django.utils import translation
from django.utils.translation import gettext as _
from django_tasks import task

from assets.models import InspectionPack, PackState
from assets.services.pack_building import build
from registry.errors import RegistryError


@task()
def build_pack(pack_id: int, language: str = "zh-hans") -> None:
    """Put an inspection pack together; a refusal or a fault stands on the pack for its page to show."""
    with translation.override(language):
        pack = InspectionPack.objects.select_related("division", "made_by").get(pk=pack_id)
        try:
            build(pack)
        except RegistryError as error:
            _fail(pack_id, str(error))
        except Exception:
            _fail(pack_id, _("A fault of the program, or the disk is full. Tell the administrator."))
            raise


def _fail(pack_id: int, words: str) -> None:
    InspectionPack.objects.filter(pk=pack_id).update(state=PackState.FAILED, problem=words[:255])
