"""/healthz tells whether the site can do its work."""

from pathlib import Path

import pytest
from django.db import DatabaseError, connections
from django.test import Client


@pytest.fixture
def files(settings, folder: Path) -> Path:
    settings.FILES_DIR = folder / "files"
    settings.FILES_DIR.mkdir()
    return settings.FILES_DIR


@pytest.mark.django_db
def test_all_is_well_without_signing_in(client: Client, files: Path) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_a_missing_folder_of_files_is_a_503_with_a_sentence(client: Client, files: Path) -> None:
    files.rmdir()
    answer = client.get("/healthz", headers={"Accept-Language": "en"})
    assert answer.status_code == 503
    assert str(files) in answer.json()["message"]


@pytest.mark.django_db
def test_a_silent_database_is_a_503_with_a_sentence(
    client: Client, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*words: object, **more: object) -> None:
        raise DatabaseError("no")

    monkeypatch.setattr(connections["default"], "cursor", refuse)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["status"] == "error"
    assert answer.json()["message"]


@pytest.mark.django_db
def test_nothing_can_be_posted_there(client: Client, files: Path) -> None:
    assert client.post("/healthz").status_code == 405
