"""The house is clean: ruff finds nothing and leaves nothing to format, mypy proves what must be proved."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROVED = [
    "registry/services",
    "registry/queries",
    "registry/rules",
    "registry/geo.py",
    "land/kernel",
    "land/services",
    "land/queries",
    "land/rules",
    "land/admission.py",
    "land/area.py",
    "land/ground.py",
    "land/measure.py",
    "land/overlay.py",
    "land/redline.py",
    "land/subdividing.py",
    "projects/services",
    "assets/services",
    "assets/queries.py",
    "assets/rules",
    "assets/income/services",
    "assets/income/queries",
    "assets/income/rules",
    "assets/income/matching",
]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )


def test_ruff_finds_nothing():
    done = run("ruff", "check", ".")
    assert done.returncode == 0, done.stdout[-3000:]


def test_ruff_leaves_nothing_to_format():
    done = run("ruff", "format", "--check", ".")
    assert done.returncode == 0, done.stdout[-3000:]


def test_mypy_proves_services_queries_rules_and_the_overlay():
    done = run("mypy", *PROVED)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]


def test_no_migration_is_missing(db):
    from django.core.management import call_command

    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_the_deployment_checks_of_the_framework_pass(settings):
    from django.core.management import call_command

    call_command("check")
