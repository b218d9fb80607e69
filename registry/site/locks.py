"""Lock files of the start-up tools. They are locks of the kernel: a killed process leaves none behind."""

import fcntl
import os
from pathlib import Path

from .words import Trouble


class Lock:
    """One lock file; its text (process id and a word) tells the others who holds it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    def take(self, *, shared: bool = False, wait: bool = False) -> bool:
        """Take the lock, or change between shared and exclusive; False when another process holds it."""
        if self._fd is None:
            self._fd = self._open()
        how = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
        try:
            fcntl.flock(self._fd, how)
        except BlockingIOError:
            return False
        return True

    def _open(self) -> int:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise Trouble(
                f"{self.path} cannot be opened ({error.strerror}); it was made by another user."
                " Run as that user, or choose another folder with TIANZHANG_HOME.",
                f"无法打开 {self.path}（{error.strerror}），它由另一用户创建。请以该用户运行，"
                "或用 TIANZHANG_HOME 指定其他目录。",
            ) from error

    def write(self, text: str) -> None:
        """Leave a word for the others: the first line is this process's id."""
        if self._fd is not None:
            os.ftruncate(self._fd, 0)
            os.pwrite(self._fd, f"{os.getpid()}\n{text}\n".encode(), 0)

    def read(self) -> list[str]:
        """The lines that the holder left."""
        try:
            return self.path.read_text(encoding="utf-8").splitlines()
        except OSError:
            return []

    def release(self) -> None:
        """Let it go; the file stays, emptied by nobody (a removed lock file is a race)."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
