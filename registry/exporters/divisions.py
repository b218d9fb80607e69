"""Divisions under the heads that the import of official lists understands. 中文：行政区划导出"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from registry.codes import CodeSystem
from registry.exports import Column
from registry.queries.divisions import codes_by_division

# The heads are words of the file's form, not of the interface.
COLUMNS = (
    Column("level", lambda division: division.level, key="level"),
    Column("code", lambda division: division.own_code, "code", key="code"),
    Column("name", lambda division: division.name, key="name"),
    Column("parent_code", lambda division: division.upper_code, "code", key="parent_code"),
    Column("households", lambda division: division.households, "count", key="households"),
    Column("people", lambda division: division.people, "count", key="people"),
)


def preparer(system: str = CodeSystem.NBS) -> Callable[[list[Any]], None]:
    """Gives each chunk of divisions its code and that of the place above it; one query a chunk."""

    def prepare(divisions: list[Any]) -> None:
        keys = {division.pk for division in divisions} | {
            division.parent_id for division in divisions if division.parent_id
        }
        codes = codes_by_division(keys, system)
        for division in divisions:
            division.own_code = codes.get(division.pk)
            division.upper_code = codes.get(division.parent_id, "")

    return prepare
