"""Ports and addresses to serve on. Standard library only."""

import ipaddress
import socket

from registry.site.words import Trouble

FIRST, LAST = 8000, 8019
LOOPBACK = "127.0.0.1"


def is_loopback(host: str) -> bool:
    """Whether a host name or address, with or without port, is this machine and no other."""
    name = host.strip().lower()
    if name.startswith("["):
        name = name[1:].split("]", 1)[0]
    elif name.count(":") == 1:
        name = name.split(":", 1)[0]
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def is_free(port: int, address: str = LOOPBACK) -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True


def check_address(address: str) -> None:
    """Refuse an address that this machine does not have."""
    if not is_free(0, address):
        raise Trouble(
            f"{address} is not an address of this machine; expected one such as 127.0.0.1 or 0.0.0.0.",
            f"本机没有地址 {address}；应为 IP 地址，如 127.0.0.1 或 0.0.0.0。",
        )


def choose(wanted: int | None, address: str = LOOPBACK) -> int:
    """The wanted port, else the first free one of 8000 to 8019; Trouble with the remedy."""
    if wanted is not None:
        if is_free(wanted, address):
            return wanted
        raise Trouble(
            f"Port {wanted} is in use or not allowed; choose another with --port N, or leave"
            " --port and PORT out.",
            f"端口 {wanted} 已被占用或不允许使用；请用 --port 指定其他端口，或去掉 --port 与 PORT。",
        )
    for port in range(FIRST, LAST + 1):
        if is_free(port, address):
            return port
    raise Trouble(
        f"Ports {FIRST} to {LAST} are all in use; name a free one with --port N.",
        f"端口 {FIRST} 至 {LAST} 均被占用；请用 --port 指定空闲端口。",
    )
