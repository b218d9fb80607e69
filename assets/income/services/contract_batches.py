"""Take back the contracts that a file brought in. 中文：撤销导入的合同"""

from __future__ import annotations

from django.utils.translation import gettext as _

from assets.income.queries.received import received_of
from assets.models import Contract, Due
from registry.errors import RegistryError
from registry.models import Act, ImportBatch


def take_back_contracts(*, batch: ImportBatch, act: Act) -> None:
    """Mark contracts of a batch, their dues and rights; the parties stay in the book.

    Raises ``RegistryError`` where something rests on them.
    """
    contracts = Contract.objects.in_force().filter(batch=batch)
    dues = Due.objects.in_force().filter(contract__in=contracts)
    paid = any(received_of(dues.values_list("pk", flat=True)).values())
    changed = contracts.filter(amendments__annulled=None, amendments__isnull=False).first()
    if paid or changed is not None:
        raise RegistryError(
            _("A contract of this file was amended, or money was received for it; it cannot be taken back."),
            "later_facts",
        )
    dues.update(annulled=act)
    for entry in batch.entries.filter(annulled=None):
        entry.annulled = act
        entry.save(update_fields=["annulled"])
    contracts.update(annulled=act)
