"""Signing in: the guard against guessing, and demo accounts that open on this machine only."""

import pytest

from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo_user(cast):
    return make.user("asset_manager", cast.xinhua, "assets", demo=True)


def sign_in(client, name="assets", word="demo", **where):
    return client.post("/login/", {"username": name, "password": word}, **where)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000"])
def test_a_demo_account_opens_on_the_machine_itself(client, demo_user, settings, host):
    settings.ALLOWED_HOSTS = ["*"]
    answer = sign_in(client, HTTP_HOST=host, REMOTE_ADDR="127.0.0.1")
    assert answer.status_code == 302
    assert answer["Location"] == "/"


@pytest.mark.parametrize(
    "where",
    [
        {"HTTP_HOST": "127.0.0.1", "REMOTE_ADDR": "192.168.1.20"},
        {"HTTP_HOST": "tianzhang.gov.cn", "REMOTE_ADDR": "127.0.0.1"},
        {"HTTP_HOST": "127.0.0.1", "REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "10.0.0.9"},
        {"HTTP_HOST": "10.0.0.5", "REMOTE_ADDR": "10.0.0.5"},
    ],
)
def test_a_demo_account_is_refused_from_anywhere_else(client, demo_user, settings, where):
    settings.ALLOWED_HOSTS = ["*"]
    answer = sign_in(client, **where)
    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session
    assert "127.0.0.1" in answer.content.decode()


def test_an_account_of_ones_own_opens_from_the_office_network(client, cast, settings):
    settings.ALLOWED_HOSTS = ["*"]
    answer = sign_in(client, "asset_manager", HTTP_HOST="10.0.0.5", REMOTE_ADDR="10.0.0.20")
    assert answer.status_code == 302


def test_the_demo_offers_one_button_a_person_and_only_here(client, demo_user, settings):
    settings.ALLOWED_HOSTS = ["*"]
    here = client.get("/login/", HTTP_HOST="127.0.0.1")
    away = client.get("/login/", HTTP_HOST="10.0.0.5")
    assert 'value="assets"' in here.content.decode()
    assert 'value="assets"' not in away.content.decode()


def test_guessing_passwords_is_stopped(client, cast):
    for _number in range(6):
        sign_in(client, "clerk", "wrong")
    answer = sign_in(client, "clerk", "demo")
    assert answer.status_code == 429
    assert "_auth_user_id" not in client.session


def test_who_is_signed_in_already_goes_to_the_workbench(as_):
    assert as_("clerk").get("/login/")["Location"] == "/"


def test_the_way_back_never_leads_to_another_site(client, cast):
    answer = client.post(
        "/login/?next=https://evil.example/",
        {"username": "clerk", "password": "demo", "next": "https://evil.example/"},
    )
    assert answer["Location"] == "/"


def test_the_language_is_changed_before_signing_in(client, db):
    client.post("/i18n/setlang/", {"language": "en", "next": "/login/"})
    assert "Sign in" in client.get("/login/").content.decode()


def test_someone_without_a_role_is_told_whom_to_ask(as_):
    page = as_("nobody").get("/")
    assert page.status_code == 200
    assert b'href="/findings/"' not in page.content
