"""The key that signs sessions: made on the first start, in the home folder, readable by its owner only."""

import os
import secrets
from pathlib import Path

NAME = "secret.key"


def secret_key(home: Path) -> str:
    """SECRET_KEY of the environment, else the home's own, made at the first call (two at once agree)."""
    if os.environ.get("SECRET_KEY"):
        return os.environ["SECRET_KEY"]
    path = Path(home) / NAME
    if not path.exists():
        _make(path)
    seen = path.stat()
    if seen.st_mode & 0o077:
        path.chmod(0o600)
    key = path.read_text(encoding="ascii").strip()
    if len(key) < 50:
        raise RuntimeError(
            f"{path} is damaged ({len(key)} characters, expected 64); remove it and start again."
        )
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{NAME}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # fails where another process was first: its key stands
    except FileExistsError:
        pass
    finally:
        draft.unlink()
