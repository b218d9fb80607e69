"""Forms that show what they would do first 先预览后确认: a dry run, then the same words confirmed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from registry.errors import NotAllowed, RegistryError

from .generic import ActionPage


class ConfirmPage(ActionPage):
    """The first sending shows ``preview``; the confirmation sends the same words again and calls the service.

    The preview runs the service and takes everything back, so that a refusal is said before, not after.
    """

    template_name = "registry/confirm.html"
    submit: Any = _("Look at what happens")
    sign = "eye"
    confirm: Any = _("Confirm")
    preview_template = ""

    def preview(self, form: forms.Form) -> dict[str, Any]:
        """What would happen, for the template."""
        return {}

    def form_valid(self, form: forms.Form) -> HttpResponse:
        if self.request.POST.get("confirmed"):
            return super().form_valid(form)
        try:
            shown = self.preview(form)
            with transaction.atomic():
                self.act(form)
                transaction.set_rollback(True)
        except NotAllowed:
            raise
        except RegistryError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        return self.render_to_response(
            self.get_context_data(form=form, preview=shown, preview_template=self.preview_template)
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(confirm=self.confirm, **kwargs)
