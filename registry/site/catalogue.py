"""Message catalogues: compiled from the .po files at start, because the target machines have no msgfmt."""

import os
from pathlib import Path


def ensure(source: Path, target: Path) -> Path:
    """Compile every .po under ``source`` into a .mo under ``target`` where missing or older; give ``target``.

    Where ``target`` cannot be written, ``source`` itself is given (a packager may have compiled it there).
    """
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for po in sorted(source.glob("*/LC_MESSAGES/django.po")):
        mo = target / po.relative_to(source).with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        try:
            mo.parent.mkdir(parents=True, exist_ok=True)
            fresh = mo.with_suffix(f".{os.getpid()}.tmp")
            with po.open("rb") as read, fresh.open("wb") as write:
                write_mo(write, read_po(read))
            fresh.replace(mo)
        except OSError:
            return source
    return target
