"""Accounts and roles: opened, given, ended, closed, by whom; nobody gives more than he holds."""

import datetime as dt

import pytest

from registry import access, clock
from registry.codes import Role
from registry.errors import BadInput, NotAllowed, RegistryError
from registry.models import Act, Grant, Unit, User
from registry.services import access as services
from registry.services.acts import record_act
from tests import factories as make

pytestmark = pytest.mark.django_db
TOWNSHIP_ROLES = {Role.ASSET_MANAGER, Role.LAND_OFFICER, Role.FINANCE_OFFICER, Role.CLERK, Role.PUBLIC}


@pytest.fixture
def admin(cast):
    return cast.users["admin"]


def opened(cast, by=None, **fields):
    values = {"username": "yangwen", "full_name": "杨文", "home": cast.xinhua} | fields
    return services.create_user(by=by or cast.users["admin"], **values)


def test_an_account_is_opened_with_a_first_password_and_no_role(cast, admin):
    user, password = opened(cast)
    assert user.check_password(password)
    assert (user.must_change_password, access.current_grants(user)) == (True, [])
    act = Act.objects.get(verb="user_created")
    assert (act.user, act.division, act.subject) == (admin, cast.xinhua, f"user:{user.pk}")
    assert password not in str(act.after)
    assert opened(cast, username="other")[1] != password


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"username": "Admin"}, "username_taken"),
        ({"username": "杨 文"}, "bad_username"),
        ({"full_name": " "}, "no_name"),
        ({"person": "无此人"}, "no_person"),
    ],
)
def test_an_account_that_cannot_be_opened_says_why(cast, fields, code):
    with pytest.raises(BadInput) as refusal:
        opened(cast, **fields)
    assert refusal.value.code == code
    assert not User.objects.filter(full_name="杨文").exists()


def test_an_account_is_joined_to_the_person_of_the_register_once(cast):
    person = make.person("杨文", cast.village)
    user, _password = opened(cast, person="杨文")
    assert user.party == person
    with pytest.raises(BadInput, match="yangwen"):
        opened(cast, username="second", person="杨文")
    make.person("杨文", cast.village)
    with pytest.raises(BadInput) as refusal:
        services.change_user(
            user=user, full_name="杨文", home=cast.xinhua, by=cast.users["admin"], person="杨文"
        )
    assert refusal.value.code == "no_person"


@pytest.mark.parametrize("role", Role.values)
def test_the_county_gives_the_roles_of_townships_and_an_administrator_all(cast, role):
    user, _password = opened(cast)
    county = cast.users["county"]
    if role in TOWNSHIP_ROLES:
        services.grant_role(user=user, role=role, division=cast.xinhua, by=county)
    else:
        with pytest.raises(NotAllowed):
            services.grant_role(user=user, role=role, division=cast.xinhua, by=county)
        services.grant_role(user=user, role=role, division=cast.xinhua, by=cast.users["admin"])
    assert access.roles_of(user) == {role}
    assert Act.objects.filter(verb="grant_opened", after__role=role).count() == 1


def test_nobody_gives_a_role_outside_his_divisions_or_without_the_right(cast):
    user, _password = opened(cast)
    local = make.user(Role.ADMIN, cast.xinhua, "local")
    for giver, place in (("local", cast.wantang), ("local", cast.county)):
        with pytest.raises(NotAllowed):
            services.grant_role(user=user, role=Role.CLERK, division=place, by=local)
        assert giver
    for name in set(cast.users) - {"admin", "county"}:
        with pytest.raises(NotAllowed):
            services.grant_role(user=user, role=Role.PUBLIC, division=cast.village, by=cast.users[name])
        with pytest.raises(NotAllowed):
            opened(cast, by=cast.users[name], username="x")
    assert not user.grants.exists()


def test_a_role_holds_for_its_period_and_is_not_given_twice(cast, admin):
    user, _password = opened(cast)
    give = {"user": user, "role": Role.CLERK, "division": cast.village, "by": admin}
    grant = services.grant_role(**give, begin=dt.date(2026, 1, 1), end=dt.date(2026, 7, 1))
    with pytest.raises(BadInput) as refusal:
        services.grant_role(**give, begin=dt.date(2026, 6, 30))
    assert refusal.value.code == "held_already"
    services.grant_role(**give, begin=dt.date(2026, 7, 1))
    with pytest.raises(BadInput):
        services.grant_role(**give | {"role": Role.AUDITOR}, begin=clock.today(), end=clock.today())
    assert grant.valid.upper == dt.date(2026, 7, 1)


def test_a_role_is_ended_by_whoever_may_give_it(cast, admin):
    user, _password = opened(cast)
    grant = services.grant_role(
        user=user, role=Role.AUDITOR, division=cast.county, by=admin, begin=dt.date(2026, 1, 1)
    )
    with pytest.raises(NotAllowed):
        services.end_grant(grant=grant, by=cast.users["county"])
    services.end_grant(grant=grant, by=admin, on=dt.date(2026, 3, 1), reason="调离")
    grant.refresh_from_db()
    assert grant.valid.upper == dt.date(2026, 3, 1)
    assert Act.objects.get(verb="grant_ended").reason == "调离"
    with pytest.raises(RegistryError):
        services.end_grant(grant=grant, by=admin)


def test_a_role_that_has_not_begun_is_withdrawn(cast, admin):
    user, _password = opened(cast)
    grant = services.grant_role(
        user=user, role=Role.CLERK, division=cast.village, by=admin, begin=clock.today() + dt.timedelta(9)
    )
    assert services.end_grant(grant=grant, by=admin) is None
    assert not Grant.objects.filter(pk=grant.pk).exists()
    assert Act.objects.get(verb="grant_ended").after is None


def test_the_last_administrator_stays(cast, admin):
    grant = admin.grants.get()
    with pytest.raises(RegistryError) as refusal:
        services.end_grant(grant=grant, by=admin)
    assert refusal.value.code == "last_administrator"
    with pytest.raises(RegistryError) as refusal:
        services.deactivate_user(user=admin, by=None)
    assert refusal.value.code == "last_administrator"
    make.user(Role.ADMIN, cast.xinhua)  # of one township only: no successor
    make.user(Role.ADMIN, cast.county, is_active=False)
    with pytest.raises(RegistryError):
        services.end_grant(grant=grant, by=admin)
    second = make.user(Role.ADMIN, cast.county)
    services.end_grant(grant=grant, by=second)
    admin.refresh_from_db()
    access.forget(admin)
    assert admin.is_active
    assert not access.may(admin, "administer")


def test_a_closed_account_is_signed_out_and_holds_nothing(cast, as_):
    client = as_("clerk")
    assert client.get("/findings/").status_code == 200
    services.deactivate_user(user=cast.users["clerk"], by=cast.users["county"], reason="离任")
    assert client.get("/findings/")["Location"].startswith("/login/")
    assert client.post("/login/", {"username": "clerk", "password": "demo"}).status_code == 200
    assert not Grant.objects.on(clock.today()).filter(user__username="clerk").exists()
    with pytest.raises(BadInput):
        services.grant_role(
            user=cast.users["clerk"], role=Role.CLERK, division=cast.village, by=cast.users["admin"]
        )


def test_nobody_closes_his_own_account_or_one_above_him(cast):
    with pytest.raises(RegistryError, match="."):
        services.deactivate_user(user=cast.users["county"], by=cast.users["county"])
    for name in ("admin", "auditor", "county"):
        with pytest.raises(NotAllowed):
            services.new_password(user=cast.users[name], by=cast.users["county"])
    services.new_password(user=cast.users["land_officer"], by=cast.users["county"])


def test_the_first_password_opens_one_page_only_and_then_the_register(cast, client):
    user, password = opened(cast)
    services.grant_role(user=user, role=Role.CLERK, division=cast.village, by=cast.users["admin"])
    client.post("/login/", {"username": "yangwen", "password": password})
    assert client.get("/findings/")["Location"] == "/password/"
    assert client.get("/password/").status_code == 200
    answer = client.post(
        "/password/",
        {"old_password": password, "new_password1": "wuyue-duanwu-5", "new_password2": "wuyue-duanwu-5"},
    )
    assert answer["Location"] == "/"
    assert client.get("/findings/").status_code == 200
    user.refresh_from_db()
    assert (user.must_change_password, user.check_password("wuyue-duanwu-5")) == (False, True)


def test_the_pages_open_an_account_give_a_role_and_close_it(cast, as_):
    client = as_("county")
    page = client.post(
        "/users/new/", {"username": "lijie", "full_name": "李杰", "home": cast.xinhua.pk, "person": ""}
    )
    user = User.objects.get(username="lijie")
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    shown = page.context["password"]
    assert user.check_password(shown)
    assert shown in page.content.decode()
    page = client.post(
        f"/users/{user.pk}/grant/",
        {"role": "clerk", "division": cast.village.pk, "begin": "2026-03-01", "last": "2027-02-28"},
    )
    assert page["Location"] == f"/users/{user.pk}/"
    grant = user.grants.get()
    assert grant.valid.upper == dt.date(2027, 3, 1)
    assert "李杰" in client.get("/users/?q=lijie").content.decode()
    bad = client.post(f"/users/{user.pk}/grant/", {"role": "admin", "division": cast.village.pk})
    assert bad.status_code == 200
    client.post(f"/grants/{grant.pk}/end/", {"reason": "调离"})
    grant.refresh_from_db()
    assert grant.valid.upper == clock.today()
    assert "调离" in client.get(f"/users/{user.pk}/").content.decode()
    page = client.post(f"/users/{user.pk}/password/")
    assert page.context["password"] not in (shown, "")
    client.post(f"/users/{user.pk}/close/")
    user.refresh_from_db()
    assert not user.is_active
    assert "李杰" not in client.get("/users/").content.decode().replace("selected", "")


def test_the_county_sees_the_accounts_of_its_divisions_only(cast, as_):
    other = make.division("河口县", "county")
    make.user(Role.CLERK, other, "hekou", full_name="外县人员")
    assert "外县人员" not in as_("county").get("/users/").content.decode()
    stranger = User.objects.get(username="hekou")
    assert as_("county").get(f"/users/{stranger.pk}/").status_code == 404
    assert as_("county").post(f"/users/{stranger.pk}/close/").status_code == 404


# --- the saved row, looked at again


def test_an_act_that_moves_a_unit_out_of_ones_divisions_is_refused_and_nothing_is_written(cast):
    from django.db import transaction

    manager, unit = cast.users["asset_manager"], make.unit("水窖", cast.village)

    @transaction.atomic
    def move(to):
        access.require(manager, "register_unit", unit.division)
        Unit.objects.filter(pk=unit.pk).update(division=to)
        record_act(by=manager, verb="unit_changed", division=cast.village, unit=unit, subject="unit")

    with pytest.raises(NotAllowed):
        move(cast.far)
    unit.refresh_from_db()
    assert unit.division == cast.village
    assert not Act.objects.exists()
    move(make.village(cast.xinhua, "格咪底村委会"))
    assert Act.objects.count() == 1


def test_an_act_of_another_township_is_refused_even_without_a_unit(cast):
    with pytest.raises(NotAllowed):
        record_act(by=cast.users["asset_manager"], verb="party_changed", division=cast.far, subject="x")
    record_act(by=None, verb="party_changed", division=cast.far, subject="x")
    assert Act.objects.count() == 1


def test_whoever_moves_his_own_division_still_sees_what_he_wrote(cast):
    from registry.services.divisions import move_below

    admin = make.user(Role.ADMIN, cast.xinhua)
    access.current_grants(admin)
    old = cast.xinhua.path
    cast.xinhua.path = f"/{cast.xinhua.pk}/"
    cast.xinhua.save()
    move_below(old, cast.xinhua.path)
    record_act(by=admin, verb="division_changed", division=cast.village.pk, subject="x")


def test_the_second_look_costs_two_queries_however_many_lines(cast, django_assert_num_queries):
    from registry.services.acts import ActLine, record_acts

    manager = cast.users["asset_manager"]
    units = [make.unit(f"水窖{number}", cast.village) for number in range(5)]
    access.current_grants(manager)
    for count in (1, 5):
        lines = [
            ActLine(verb="unit_changed", division=cast.village, unit=unit, subject="x")
            for unit in units[:count]
        ]
        with django_assert_num_queries(3):
            record_acts(lines, by=manager)
