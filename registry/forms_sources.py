"""Forms of documents, their files, and sealed scans: they read what was typed, and call nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.forms import day_field, not_later_than_today
from registry.models import Division, SourceKind

ACCEPT = ".jpg,.jpeg,.png,.webp,.tif,.tiff,.pdf,.ofd,.xlsx,.docx,.xls,.doc,.txt"
SCANS = ".jpg,.jpeg,.png,.webp,.tif,.tiff,.pdf"


class Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; gives a list."""

    def __init__(self, *, accept: str = ACCEPT, **kwargs: Any) -> None:
        super().__init__(widget=Files(attrs={"accept": accept}), max_length=200, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        sent = data if isinstance(data, (list, tuple)) and data else [data or None]
        cleaned = [super(FilesField, self).clean(one, initial) for one in sent]
        return [one for one in cleaned if one]


def streams(uploads: Iterable[Any]) -> list[tuple[str, Iterable[bytes]]]:
    """Uploaded files as the services take them: name and bytes."""
    return [(upload.name, upload.chunks()) for upload in uploads]


class PlaceField(forms.ModelChoiceField):
    """A division with the one above it: many villages are called alike."""

    def label_from_instance(self, obj: Division) -> str:
        return f"{obj.parent.name} · {obj.name}" if obj.parent else obj.name


class SourceForm(forms.Form):
    """A document: what it is, who issued it, when, and its files."""

    kind = forms.ChoiceField(label=_("kind"), choices=SourceKind.choices)  # 类型
    number = forms.CharField(label=_("document number"), max_length=120, required=False)  # 文号
    title = forms.CharField(label=_("title"), max_length=255, required=False)  # 标题
    issuer = forms.CharField(
        label=_("issuer"),
        max_length=120,
        required=False,
        help_text=_("For a statement on historic facts: the owner and the township that state it."),
    )  # 发文单位
    issued_on = day_field(_("date"), required=False, validators=[not_later_than_today])  # 日期
    division = PlaceField(Division.objects.none(), label=_("division"))  # 行政区划
    files = FilesField(
        label=_("files"),
        required=False,
        help_text=_("Pictures, PDF, OFD or Office files. The originals are kept unchanged."),
    )  # 附件

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division"].queryset = places  # type: ignore[attr-defined]


class AddFilesForm(forms.Form):
    """More files of a document."""

    files = FilesField(
        label=_("files"), help_text=_("Pictures, PDF, OFD or Office files. The originals are kept unchanged.")
    )


class ScanForm(forms.Form):
    """Sealed papers that come back."""

    files = FilesField(
        label=_("scans"),
        accept=SCANS,
        help_text=_("Pictures or PDF, several at once. Each finds its paper by the square sign."),
    )  # 扫描件
    code = forms.CharField(
        label=_("paper code"),
        max_length=40,
        required=False,
        help_text=_("Only where the sign cannot be read: it stands under the sign, like TZ-7K3M9QPX."),
    )  # 文书编号
    reason = forms.CharField(
        label=_("reason"),
        max_length=255,
        required=False,
        help_text=_("Only where the paper has a scan already and this one takes its place."),
    )  # 原因
