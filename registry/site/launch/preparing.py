"""The owner's child process that brings the register up to date. Standard library only."""

import json
import subprocess
from types import TracebackType
from typing import Any

from registry.site.words import Trouble

from .place import ROOT, Place, python_words


class Preparation:
    """Tables and static files brought up to date, the demo loaded: started, half done, done."""

    def __init__(self, place: Place, *flags: str) -> None:
        place.files  # noqa: B018 - made here, with its mode
        self.child = subprocess.Popen(
            python_words("-m", "registry.site.launch.prepare", *flags),
            env=place.environment("owner"),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the parent, who ends it
        )

    def __enter__(self) -> "Preparation":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.child.poll() is None:
            self.child.terminate()
        self.child.wait()

    def may_serve(self) -> bool:
        """Wait for tables and static files; True when pages can be served while the rest goes on."""
        assert self.child.stdout  # noqa: S101 - a pipe was asked for
        told = self.child.stdout.readline()
        if not told:
            self.answer()
        return told.strip() == b"serve"

    def answer(self) -> dict[str, Any]:
        """Wait for the end; what it has to tell. Trouble when it could not be done."""
        out = self.child.communicate()[0]
        code = self.child.returncode
        if code:
            raise Trouble(
                "The register could not be brought up to date; the reason stands above. Nothing is served.",
                "登记簿未能更新到可用状态，原因见上；未启动服务。",
                code if code in (1, 2, 69) else 1,
            )
        return json.loads(out)


def prepare(place: Place, *flags: str) -> dict[str, Any]:
    """All of it, waited for."""
    with Preparation(place, *flags) as preparation:
        preparation.may_serve()
        return preparation.answer()
