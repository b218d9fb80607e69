"""`./run serve --cert FILE --key FILE`: HTTPS with the certificate given, and nothing without its key."""

# ruff: noqa: F811 - fixtures of the other file
from __future__ import annotations

import shutil
import ssl
import subprocess
import urllib.request
from pathlib import Path

import pytest

from registry.site.launch.serving import Site
from registry.site.words import Trouble

from .test_serving import command, environment, free_port, home, nothing_left_of  # noqa: F401 (fixtures)

pytestmark = pytest.mark.django_db
OPENSSL = shutil.which("openssl") or "openssl"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for this machine that it has signed itself, and its key."""
    folder = tmp_path_factory.mktemp("pair")
    cert, key = folder / "cert.pem", folder / "key.pem"
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
             "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)]  # fmt: skip
    subprocess.run([OPENSSL, *words], check=True, capture_output=True)
    return cert, key


def test_the_site_answers_over_https_and_its_cookies_are_for_https_alone(environment, pair):
    cert, key = pair
    port = free_port()
    process = command(environment, "serve", "--port", str(port), "--cert", str(cert), "--key", str(key))
    try:
        assert process.stdout
        line = process.stdout.readline()
        assert line.startswith(f"open https://127.0.0.1:{port}/"), process.communicate(timeout=10)
        trust = ssl.create_default_context(cafile=str(cert))
        with urllib.request.urlopen(f"https://127.0.0.1:{port}/healthz", context=trust) as answer:  # noqa: S310
            assert answer.status == 200
        with urllib.request.urlopen(f"https://127.0.0.1:{port}/login/", context=trust) as answer:  # noqa: S310
            assert "Secure" in answer.headers["Set-Cookie"]
        with pytest.raises(OSError, match="certificate verify failed|CERTIFICATE_VERIFY_FAILED"):
            urllib.request.urlopen(f"https://127.0.0.1:{port}/healthz")  # noqa: S310
    finally:
        process.kill()
        process.wait()
        assert nothing_left_of(process.pid)


def test_a_certificate_without_its_key_or_with_another_is_refused_before_any_work(
    environment, pair, tmp_path
):  # noqa: F811
    cert, _key = pair
    process = command(environment, "serve", "--cert", str(cert))
    _out, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "--key" in said
    other = tmp_path / "other.pem"
    other.write_text("no key\n")
    with pytest.raises(Trouble):
        Site(place=None, port=0, cert=str(cert), key=str(other)).check_certificate()  # type: ignore[arg-type]
