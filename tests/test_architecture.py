"""The house stands as docs/design.md draws it: the ladder, the rooms, the sizes, nothing foreign."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LADDER = ["registry", "land", "projects", "assets", "maps"]
APP_FILES = [path for app in LADDER for path in sorted((ROOT / app).rglob("*.py"))]
LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-bench.lock", "package-lock.json"]
OWN_CODE = [path for path in APP_FILES if "migrations" not in path.parts]


def imported_roots(path: Path) -> set[str]:
    """First names of every import of a file, the late ones included."""
    roots = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            roots |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            roots.add(node.module.split(".")[0])
    return roots


def tracked_files() -> list[str]:
    """What the repository holds; where git is missing, what lies there but for what is made at run time."""
    if not shutil.which("git"):
        made = {".git", ".venv", ".node", "node_modules", "var", "__pycache__", ".pytest_cache"}
        found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
        return sorted(str(path) for path in found if not made & set(path.parts))
    answer = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if answer.returncode or not answer.stdout:
        return [str(path.relative_to(ROOT)) for path in APP_FILES]
    return [name for name in answer.stdout.splitlines() if (ROOT / name).exists()]


def test_apps_import_only_downwards():
    climbs = [
        f"{path.relative_to(ROOT)} imports {other}"
        for rung, app in enumerate(LADDER)
        for path in sorted((ROOT / app).rglob("*.py"))
        for other in imported_roots(path) & set(LADDER[rung + 1 :])
    ]
    assert climbs == []


@pytest.mark.parametrize(
    ("library", "home"),
    [("folium", "maps/folium_page.py"), ("branca", "maps/folium_page.py"), ("pyproj", "registry/geo.py")],
)
def test_a_library_has_one_home(library, home):
    guests = [str(p.relative_to(ROOT)) for p in APP_FILES if library in imported_roots(p)]
    assert guests == [home]


def test_views_forms_and_importers_do_not_save_facts():
    pattern = re.compile(
        r"\b(Unit|Entry|Shape|Party|Source|Act|Finding)\.objects\.(create|bulk_create|update)\b"
    )
    rooms = {"views", "forms.py", "tables.py", "filters.py"}
    found = [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in OWN_CODE
        if rooms & set(path.relative_to(ROOT).parts)
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_float_holds_money_or_a_share():
    pattern = re.compile(
        r"(\w*(?:amount|value|price|rent|budget|money|share|income)\w*)\s*=\s*models\.FloatField"
    )
    found = [
        f"{path.relative_to(ROOT)}: {match.group(1)}"
        for path in OWN_CODE
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_functions_and_files_stay_small():
    long = []
    for path in OWN_CODE:
        text = path.read_text(encoding="utf-8")
        if len(text.splitlines()) > 500:
            long.append(f"{path.relative_to(ROOT)}: {len(text.splitlines())} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and node.end_lineno and node.end_lineno - node.lineno >= 50:
                long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert long == []


def test_no_module_of_the_house_is_in_an_import_cycle():
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in OWN_CODE}
    modules = {name.removesuffix(".__init__"): path for name, path in modules.items()}
    graph = {name: _top_level_imports(name, path, modules) for name, path in modules.items()}
    assert _cycles(graph) == []


def _top_level_imports(name: str, path: Path, modules: dict[str, Path]) -> set[str]:
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parent = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parent, *([node.module] if node.module else [])])
            for alias in node.names:
                full = f"{base}.{alias.name}"
                found.add(full if full in modules else base)
    # an __init__ that gathers its own package is no cycle of thought
    return {other for other in found if other in modules and other != name and other != package}


def _cycles(graph: dict[str, set[str]]) -> list[list[str]]:
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph[node]:
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            knot = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(knot) > 1:
                found.append(sorted(knot))

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return found


def test_nothing_third_party_is_committed_for_the_browser():
    names = tracked_files()
    assert [n for n in names if re.search(r"\.min\.(js|css)$|(^|/)(node_modules|vendor)/", n)] == []


def test_the_repository_names_no_foreign_host_in_what_a_browser_loads():
    pattern = re.compile(r"""(?:src|href|url)\s*[=(]\s*["']?(?:https?:)?//[^\s"')]+""", re.IGNORECASE)
    found = [
        f"{name}: {match.group(0)}"
        for name in tracked_files()
        if name.endswith((".html", ".css", ".js")) and not name.startswith("docs/")
        for match in pattern.finditer((ROOT / name).read_text(encoding="utf-8"))
    ]
    assert found == []


def test_locks_name_no_registry():
    for name in LOCKS:
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "--index-url" not in text
        assert '"resolved": "http' not in text


def test_the_driver_is_psycopg2():
    from django.db.backends.postgresql.psycopg_any import is_psycopg3

    assert is_psycopg3 is False
