"""Ports and addresses."""

import socket
from collections.abc import Iterator

import pytest

from registry.site.launch import ports
from registry.site.words import Trouble

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_given_port_in_use_is_refused_with_the_remedy(taken: int) -> None:
    with pytest.raises(Trouble, match=rf"Port {taken} is in use .* --port N") as told:
        ports.choose(taken)
    assert told.value.status == 1


def test_without_a_wish_the_first_free_port_is_taken(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "FIRST", taken)
    monkeypatch.setattr(ports, "LAST", taken + 19)
    assert taken < ports.choose(None) <= taken + 19


def test_when_all_are_taken_it_is_told(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "FIRST", taken)
    monkeypatch.setattr(ports, "LAST", taken)
    with pytest.raises(Trouble, match="all in use"):
        ports.choose(None)


def test_an_address_that_the_machine_does_not_have_is_refused() -> None:
    ports.check_address("127.0.0.1")
    for address in ("192.0.2.77", "registry.example"):
        with pytest.raises(Trouble, match="not an address of this machine"):
            ports.check_address(address)


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", True),
        ("127.3.2.1:8000", True),
        ("localhost:8000", True),
        ("[::1]:8000", True),
        ("::1", True),
        ("0.0.0.0", False),  # noqa: S104
        ("10.1.2.3:8000", False),
        ("127.0.0.1.example", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_what_is_this_machine_alone(host: str, own: bool) -> None:
    assert ports.is_loopback(host) is own
