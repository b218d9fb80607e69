"""A child process, the application's: the web server in this very process (gunicorn).

`python -m registry.site.launch.server ADDRESS PORT [CERT KEY]`
"""

import sys
from typing import Any

from gunicorn.app.base import BaseApplication

from registry.site.memory import settle

from .parent import die_with_parent

WORKERS, THREADS = 2, 4


class Server(BaseApplication):
    """gunicorn with its settings given in code."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.given = settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.given.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from registry.site.wsgi import application

        settle()
        return application


def settings(address: str, port: str, *pair: str) -> dict[str, Any]:
    """gunicorn's settings; `pair` is certificate and key."""
    host = f"[{address}]" if ":" in address else address
    tls = {"certfile": pair[0], "keyfile": pair[1]} if pair else {}
    return {
        "bind": f"{host}:{port}",
        "worker_class": "gthread",
        "workers": WORKERS,
        "threads": THREADS,
        "preload_app": True,
        "timeout": 300,
        "graceful_timeout": 5,
        "keepalive": 5,
        "umask": 0o077,
        "loglevel": "warning",
        "control_socket_disable": True,
        "post_fork": lambda server, worker: die_with_parent(server.pid) and None,
        **tls,
    }


if __name__ == "__main__":
    if die_with_parent():
        Server(settings(*sys.argv[1:])).run()
