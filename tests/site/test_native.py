"""GDAL and GEOS: from the wheels, else from the system."""

import os
from pathlib import Path

import pytest

from registry.site import native

configure = native.configure.__wrapped__


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in native.VARIABLES:
        monkeypatch.setenv(name, "/wrong/folder")
    monkeypatch.delenv("TIANZHANG_GDAL", raising=False)


def test_the_wheels_libraries_are_taken_and_a_wrong_inherited_folder_is_overwritten() -> None:
    paths = configure()
    assert "pyogrio.libs/libgdal" in paths["GDAL_LIBRARY_PATH"]
    assert "shapely.libs/libgeos_c" in paths["GEOS_LIBRARY_PATH"]
    assert os.environ["PROJ_DATA"] == os.environ["PROJ_LIB"]
    assert Path(os.environ["PROJ_DATA"], "proj.db").exists()
    assert Path(os.environ["GDAL_DATA"]).is_dir()


def test_the_system_can_be_asked_for_and_then_the_variables_are_unset(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TIANZHANG_GDAL", "system")
    assert configure() == {}
    assert not set(native.VARIABLES) & set(os.environ)


def test_wheels_that_look_different_fall_back_to_the_system(
    monkeypatch: pytest.MonkeyPatch, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(native, "_site_packages", lambda package: folder)
    assert configure() == {}
    assert "taken from the system" in caplog.text


def test_two_libraries_of_the_name_are_one_too_many(folder: Path) -> None:
    for name in ("libgdal-a.so", "libgdal-b.so"):
        (folder / name).touch()
    with pytest.raises(native.NativeError, match="2 files"):
        native._only(folder, "libgdal-*.so*")


def test_a_library_that_does_not_load_falls_back(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    broken = folder / "libgdal.so"
    broken.write_bytes(b"not a library")
    monkeypatch.setattr(
        native, "wheel_paths", lambda: {"GDAL_LIBRARY_PATH": str(broken), "GEOS_LIBRARY_PATH": str(broken)}
    )
    assert configure() == {}


def test_demanded_wheels_that_are_not_there_are_an_error(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setenv("TIANZHANG_GDAL", "wheel")
    monkeypatch.setattr(native, "_site_packages", lambda package: folder)
    with pytest.raises(native.NativeError, match="expected 1"):
        configure()


def test_an_unknown_word_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIANZHANG_GDAL", "conda")
    with pytest.raises(native.NativeError, match="expected wheel or system"):
        configure()
