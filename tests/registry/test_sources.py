"""Documents: filed with their files, kept byte for byte, shown to those who may see them."""

import datetime as dt
import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from registry.errors import BadInput, NotAllowed
from registry.models import Act, Source, SourceFile, StoredFile
from registry.services.files import path_of
from registry.services.sources import add_files, file_source
from tests import factories as make
from tests.registry.test_images import BASE, exif, place

STATEMENT = "屏边县新华乡新华村委会和新华乡人民政府"


@pytest.fixture
def paper(cast):
    return make.source(cast.village, title="产业道路移交清单", kind="handover")


@pytest.fixture
def officer(cast):
    return cast.users["asset_manager"]


def test_the_original_is_kept_byte_for_byte_and_the_position_as_data(paper, officer):
    data = make.picture(exif=exif({BASE.DateTimeOriginal: "2025:06:01 09:30:00"}, place()))
    (row,) = add_files(source=paper, files=[("现场.jpg", [data[:100], data[100:]])], by=officer)
    row.refresh_from_db()
    assert path_of(row.file).read_bytes() == data
    assert row.file.sha256 == hashlib.sha256(data).hexdigest()
    assert (row.name, row.media_type, row.added_by) == ("现场.jpg", "image/jpeg", officer)
    assert (round(row.taken_where.x, 6), round(row.taken_where.y, 6)) == (103.69, 23.01)
    assert timezone.localtime(row.taken_at).isoformat() == "2025-06-01T09:30:00+08:00"
    shown = path_of(row.preview).read_bytes()
    assert shown != data
    assert b"Exif" not in shown
    act = Act.objects.get(verb="source_files_added")
    assert (act.source, act.after, act.division) == (paper, {"files": ["现场.jpg"]}, paper.division)


def test_a_pdf_shows_its_first_page(paper, officer):
    (row,) = add_files(source=paper, files=[("清单.pdf", [make.picture("PDF")])], by=officer)
    assert row.preview.media_type == "image/jpeg"
    with pytest.raises(BadInput) as refused:
        add_files(source=paper, files=[("坏.pdf", [b"%PDF-1.4 and nothing more"])], by=officer)
    assert refused.value.code == "broken_pdf"


def test_all_files_or_none_and_every_fault_is_named(paper, officer):
    files = [("好.jpg", [make.picture()]), ("坏.exe", [b"MZ\0\0"]), ("空.txt", [])]
    with pytest.raises(BadInput) as refused:
        add_files(source=paper, files=files, by=officer)
    assert "坏.exe" in str(refused.value)
    assert str(refused.value).count("。") + str(refused.value).count(".") >= 2
    assert not SourceFile.objects.exists()
    assert not Act.objects.filter(verb="source_files_added").exists()


def test_the_same_file_is_not_kept_twice(paper, officer):
    data = make.picture()
    first = add_files(source=paper, files=[("a.jpg", [data])], by=officer)
    again = add_files(source=paper, files=[("b.jpg", [data])], by=officer)
    assert first == again
    assert Act.objects.filter(verb="source_files_added").count() == 1


def test_limits_of_size_and_number(paper, officer, settings):
    settings.EVIDENCE_MAX_BYTES, settings.EVIDENCE_MAX_FILES = 2000, 2
    add_files(source=paper, files=[("a.txt", [b"a" * 2000])], by=officer)
    for files, code in (
        ([("b.txt", [b"b" * 2001])], "too_large"),
        ([("c.txt", [b"c"]), ("d.txt", [b"d"])], "too_many_files"),
    ):
        with pytest.raises(BadInput) as refused:
            add_files(source=paper, files=files, by=officer)
        assert refused.value.code == code
    assert paper.files.count() == 1


def test_files_are_added_by_those_who_may_where_they_may(cast, paper):
    for who in ("clerk", "auditor", "elsewhere", "nobody"):
        with pytest.raises(NotAllowed):
            add_files(source=paper, files=[("a.txt", [b"a"])], by=cast.users[who])


@pytest.mark.parametrize("missing", ["issuer", "issued_on", "files"])
def test_a_statement_on_historic_facts_needs_who_when_and_itself(cast, officer, missing):
    whole = {
        "issuer": STATEMENT,
        "issued_on": dt.date(2026, 2, 1),
        "files": [("认定.pdf", [make.picture("PDF")])],
    }
    with pytest.raises(BadInput) as refused:
        file_source(
            kind="legacy",
            division=cast.village,
            by=officer,
            **{k: v for k, v in whole.items() if k != missing},
        )
    assert refused.value.code == "legacy_incomplete"
    filed = file_source(kind="legacy", division=cast.village, by=officer, **whole)
    assert (filed.files.count(), filed.issuer) == (1, STATEMENT)
    assert Act.objects.filter(verb="source_registered", source=filed).count() == 1


# --- pages
def test_filing_and_finding_a_document(as_, cast):
    client = as_("asset_manager")
    scan = SimpleUploadedFile("批复.jpg", make.picture())
    sent = {"kind": "decision", "number": "屏政复〔2025〕3号", "title": "确权批复", "files": [scan]}
    sent["division"] = cast.village.pk
    answer = client.post(reverse("source_new"), sent)
    source = Source.objects.get(number="屏政复〔2025〕3号")
    assert answer["Location"] == reverse("source", args=[source.pk])
    assert source.files.get().name == "批复.jpg"
    listed = client.get(reverse("sources"), {"words": "复〔2025〕3"}).content.decode()
    assert "确权批复" in listed
    assert "确权批复" not in client.get(reverse("sources"), {"files": "none"}).content.decode()
    more = SimpleUploadedFile("附件.txt", "第二页".encode())
    client.post(reverse("source_files", args=[source.pk]), {"files": [more]})
    assert source.files.count() == 2
    assert (
        client.post(reverse("source_files", args=[source.pk]), {}).status_code == 200
    )  # no file: asked again
    bad = client.post(
        reverse("source_files", args=[source.pk]), {"files": [SimpleUploadedFile("x.html", b"<html></html>")]}
    )
    assert bad.status_code == 200
    assert "x.html" in bad.content.decode()


def test_what_rests_on_a_document_is_shown_and_names_are_masked(as_, cast, road):
    source = Source.objects.get(number="新政发〔2025〕12号")
    household = make.party("杨文才户", "household", cast.village)
    make.entry(road, "use", household, source=source)
    page = as_("asset_manager").get(reverse("source", args=[source.pk])).content.decode()
    assert "小寨产业道路" in page
    assert "杨文才户" in page
    masked = as_("auditor").get(reverse("source", args=[source.pk])).content.decode()
    assert "小寨产业道路" in masked
    assert "杨文才户" not in masked


def test_originals_are_downloads_and_a_clerk_gets_the_preview(as_, paper, officer):
    data = make.picture(exif=exif(gps=place()))
    (row,) = add_files(source=paper, files=[("现场.jpg", [data])], by=officer)
    original, preview = reverse("file", args=[row.pk]), reverse("file_preview", args=[row.pk])
    got = as_("auditor").get(original)
    assert b"".join(got.streaming_content) == data
    assert got["Content-Disposition"].startswith("attachment")
    assert got["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got["Content-Security-Policy"]
    assert as_("clerk").get(original).status_code == 403
    shown = as_("clerk").get(preview)
    assert shown["Content-Type"] == "image/jpeg"
    assert b"Exif" not in b"".join(shown.streaming_content)
    assert as_("elsewhere").get(original).status_code == 404
    assert as_("elsewhere").get(preview).status_code == 404


def test_a_text_is_never_shown_inline(as_, paper, officer):
    (row,) = add_files(source=paper, files=[("a.txt", [b"plain"])], by=officer)
    assert as_("admin").get(reverse("file_preview", args=[row.pk])).status_code == 404
    assert as_("admin").get(reverse("file", args=[row.pk]))["Content-Disposition"].startswith("attachment")


def test_a_file_that_is_gone_or_altered_says_so(as_, paper, officer):
    (row,) = add_files(source=paper, files=[("a.txt", [b"plain"])], by=officer)
    page = reverse("source", args=[paper.pk])
    assert "tone-alarm" not in as_("admin").get(page).content.decode()
    StoredFile.objects.update(state="altered")
    assert "tone-alarm" in as_("admin").get(page).content.decode()
    assert "产业道路移交清单" in as_("admin").get(reverse("sources"), {"files": "faulty"}).content.decode()
    path_of(row.file).unlink()
    assert as_("admin").get(reverse("file", args=[row.pk])).status_code == 404
