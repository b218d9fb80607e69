"""Cases from clue to closure: the services say what the database would refuse, and both refuse it."""

import datetime as dt
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.contrib.gis.geos import GEOSGeometry
from django.db import IntegrityError, connection, transaction

from land.case_codes import FOLLOWS, Stage
from land.models import Case, CasePart, CaseRectification, CaseStep, ClosureRecord, Evidence, Verification
from land.queries.cases import clues_left
from land.services import case_closing, case_rectifying, case_steps
from land.services.case_evidence import add_evidence, describe_evidence, verify_in_field
from land.services.case_opening import open_clues
from land.services.case_steps import Facts, Part
from registry import clock, geo
from registry.errors import BadInput, NotAllowed, RegistryError
from registry.models import Act, Shape, Unit
from tests import factories as make
from tests.land import casework
from tests.land.casework import DAY
from tests.land.layers import at, gpkg, take, zone_columns

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(township):
    return make.user("land_officer", township, full_name="李国土")


@pytest.fixture
def second(township):
    return make.user("land_officer", township, full_name="王复核")


@pytest.fixture
def village(township):
    return township.children.get(name="戈纪街村委会")


@pytest.fixture
def clues(township, tmp_path):
    """Three clue polygons of monitoring in the first village."""
    shapes = [at(0, 0, 30, 20), at(100, 0, 30, 20), at(200, 0, 10, 10)]
    path = gpkg(tmp_path / "clues.gpkg", shapes, clue_columns(3))
    assert take(path, "clues", of=township)[0]["state"] == "applied"
    from land.models import Vintage

    return Vintage.objects.get()


def clue_columns(count):
    made = zone_columns(count)
    return {**made, "JCBH": [f"JC{n:03d}" for n in range(count)], "TBLX": ["疑似违法建设"] * count}


def insert(case, stage, number=None, by=None, day=DAY):
    """A step straight into the table, past the services."""
    CaseStep.objects.create(
        case=case, number=number or case.steps.count() + 1, stage=stage, day=day, by=by, at=clock.now()
    )


@contextmanager
def refused(name):
    """The database refuses by this constraint."""
    with pytest.raises(IntegrityError) as error:
        yield
    assert error.value.__cause__.diag.constraint_name == name


# --- opening


def test_one_act_opens_all_clues_of_a_layer_and_no_clue_twice(clues, officer):
    made = open_clues(vintage=clues, on=DAY, by=officer)
    assert len(made) == 3
    case = Case.objects.get(clue_number=made[0].clue_number)
    assert case.stage == Stage.CLUE_ISSUED
    assert case.unit.kind == "case"
    assert Shape.objects.get(unit=case.unit).geom.geom_type == "MultiPolygon"
    assert case.area_m2 == Decimal("600.00") or abs(case.area_m2 - 600) < 2
    assert Act.objects.filter(verb="case_opened").count() == 3
    assert not clues_left(clues).exists()
    with pytest.raises(BadInput):
        open_clues(vintage=clues, on=DAY, by=officer)
    codes = set(Unit.objects.filter(kind="case").values_list("code", flat=True))
    assert len(codes) == 3


def test_chosen_clues_are_opened_and_the_word_of_the_file_is_not_taken_over(clues, officer):
    numbers = list(clues_left(clues).values_list("number", flat=True))
    made = open_clues(vintage=clues, on=DAY, by=officer, numbers=numbers[:1])
    assert len(made) == 1
    assert "违法" not in made[0].note + made[0].unit.name
    assert clues_left(clues).count() == 2


def test_opening_a_layer_asks_no_more_for_more_clues(clues, officer, django_assert_max_num_queries):
    with django_assert_max_num_queries(90):
        open_clues(vintage=clues, on=DAY, by=officer)


def test_other_roles_and_other_places_open_nothing(clues, village, township):
    with pytest.raises(NotAllowed):
        open_clues(vintage=clues, on=DAY, by=make.user("asset_manager", township))
    far = make.user("land_officer", make.village(make.township(name="湾塘乡", code="532523206")))
    with pytest.raises(NotAllowed):
        casework.opened(village, by=far)
    with pytest.raises(BadInput):
        open_clues(vintage=clues, on=DAY, by=far)


def test_by_hand_the_word_is_refused_and_so_is_a_day_in_the_future(village, officer):
    with pytest.raises(BadInput, match="E01"):
        casework.opened(village, name="违法占地", by=officer)
    with pytest.raises(BadInput):
        casework.opened(village, on=dt.date(2100, 1, 1), by=officer)
    case = casework.opened(village, by=officer, geom=make.square())
    assert case.unit.shapes.count() == 1


# --- steps


def test_the_whole_way_is_kept_as_steps_and_acts(village, officer, second):
    case = casework.reviewed(casework.opened(village, by=officer), officer)
    case_closing.close(case=case, on=DAY, by=second)
    stages = list(case.steps.values_list("stage", flat=True))
    assert stages == [
        "clue_issued", "accepted", "office_review", "field_verified", "suspected", "confirmed", "rectifying",
        "reviewed", "closed",
    ]  # fmt: skip
    case.refresh_from_db()
    assert (case.stage, case.outcome, case.confirmed_on) == ("closed", "suspected", DAY)
    record = ClosureRecord.objects.get()
    assert (record.verifier, record.closer) == (officer, second)
    assert record.areas == {"demolish_restore": "1000.00"}
    assert Act.objects.filter(unit=case.unit).count() == 9


def test_no_step_is_possible_that_does_not_follow(village):
    """Every pair of stages, by SQL: the database lets through what the table says, and nothing else."""
    case = casework.opened(village)
    for stage in Stage.values:
        if stage not in FOLLOWS[Stage.CLUE_ISSUED]:
            with refused("casestep_follows"), transaction.atomic():
                insert(case, stage)
    with refused("casestep_number"), transaction.atomic():
        insert(case, Stage.ACCEPTED, number=5)
    with refused("casestep_in_order"), transaction.atomic():
        insert(case, Stage.ACCEPTED, day=DAY - dt.timedelta(days=1))
    insert(case, Stage.ACCEPTED)
    with pytest.raises(RegistryError) as error:
        case_steps.accept(case=case, on=DAY, by=None)
    assert error.value.code == "does_not_follow"


def test_the_stage_is_moved_by_steps_alone(village):
    case = casework.opened(village)
    with refused("case_stage_by_steps"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(stage="closed")
    with refused("case_stage_by_steps"), transaction.atomic():
        Case.objects.create(
            unit=make.unit(of=village, kind="case"),
            origin="patrol",
            area_m2=1,
            stage="closed",
            stage_since=DAY,
        )
    for rows in (CaseStep.objects.filter(case=case), Case.objects.filter(pk=case.pk)):
        with pytest.raises(Exception, match="Cannot .*delete"), transaction.atomic():
            rows._raw_delete(rows.db)


def test_the_area_of_a_clue_stays(village):
    case = casework.opened(village)
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(area_m2=5)


def test_no_outcome_without_a_verification_and_no_confirmation_without_a_picture(village, officer):
    case = casework.opened(village)
    insert(case, Stage.ACCEPTED)
    insert(case, Stage.OFFICE_REVIEW)
    insert(case, Stage.FIELD_VERIFIED)
    with refused("casestep_verified"), transaction.atomic():
        insert(case, Stage.SUSPECTED)
    verification = Verification.objects.create(case=case, day=DAY, by=officer, report="看过")
    CasePart.objects.create(verification=verification, number=1, area_m2=case.area_m2, outcome="suspected")
    insert(case, Stage.SUSPECTED)
    with refused("casestep_evidence"), transaction.atomic():
        insert(case, Stage.CONFIRMED)


def test_a_clue_is_split_into_parts_that_make_it_exactly(village, officer):
    case = casework.verified(casework.opened(village, area="1000.01"), officer)
    half = [Part(outcome="lawful", area_m2=Decimal("400")), Part(outcome="suspected", area_m2=Decimal("600"))]
    with pytest.raises(BadInput, match="0.01"):
        case_steps.judge(case=case, parts=half, on=DAY, by=officer)
    half[1] = Part(outcome="suspected", area_m2=Decimal("600.01"))
    case_steps.judge(case=case, parts=half, on=DAY, by=officer)
    case.refresh_from_db()
    assert case.stage == "suspected"
    assert list(CasePart.objects.values_list("outcome", "area_m2")) == [
        ("lawful", Decimal("400.00")), ("suspected", Decimal("600.01")),
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_the_database_adds_the_parts_up_when_the_transaction_ends(village, officer):
    case = casework.opened(village)
    verification = Verification.objects.create(case=case, day=DAY, by=officer, report="看过")
    with refused("casepart_sum"), transaction.atomic():
        CasePart.objects.create(verification=verification, number=1, area_m2=999, outcome="lawful")


def test_parts_with_outlines_are_measured_and_settled(village, officer):
    left, right = make.square(103.7, 23.0, 20), make.square(103.7, 23.0, 20)
    from land.services.case_opening import measured

    whole = measured(left, 4490) * 2
    case = casework.verified(casework.opened(village, area=str(whole + Decimal("0.01"))), officer)
    parts = [Part(outcome="lawful", geom=left), Part(outcome="not_new", geom=right)]
    case_steps.judge(case=case, parts=parts, on=DAY, by=officer)
    case.refresh_from_db()
    assert case.stage == "not_new"
    assert sum(CasePart.objects.values_list("area_m2", flat=True)) == case.area_m2


def test_methods_make_the_clue_exactly_and_each_counts_once(village, officer):
    case = casework.confirmed(casework.opened(village), officer)
    short = {"demolish_restore": Decimal("999.99")}
    with pytest.raises(BadInput, match="E02"):
        case_rectifying.rectify(case=case, areas=short, on=DAY, by=officer)
    areas = {"demolish_restore": Decimal("600"), "quota_deducted": Decimal("400")}
    case_rectifying.rectify(case=case, areas=areas, on=DAY, by=officer)
    with refused("caserectification_method_once"), transaction.atomic():
        CaseRectification.objects.create(case=case, method="quota_deducted", area_m2=1)
    case_rectifying.rectify(case=case, areas={"other": Decimal("1000")}, on=DAY, by=officer)
    assert CaseRectification.objects.in_force().get().method == "other"
    assert CaseRectification.objects.count() == 3


def test_what_was_confirmed_is_not_proven_to_be_in_order(village, officer):
    case = casework.confirmed(casework.opened(village), officer)
    with pytest.raises(BadInput) as error:
        case_rectifying.rectify(case=case, areas={"proven": Decimal("1000")}, on=DAY, by=officer)
    assert "E02" not in str(error.value)
    assert error.value.code == "areas"


def test_another_person_closes_in_the_service_and_in_the_database(village, officer, second):
    case = casework.reviewed(casework.opened(village), officer)
    with pytest.raises(RegistryError, match="E02"):
        case_closing.close(case=case, on=DAY, by=officer)
    with pytest.raises(RegistryError, match="E02"):
        case_closing.close(case=case, on=DAY, by=None)
    for by in (officer, None):
        with refused("casestep_other_person"), transaction.atomic():
            insert(case, Stage.CLOSED, by=by)
    with refused("closurerecord_other_person"), transaction.atomic():
        ClosureRecord.objects.create(step=case.steps.last(), verifier=officer, closer=officer, areas={})
    CaseRectification.objects.filter(case=case).update(area_m2=5)
    with refused("casestep_areas"), transaction.atomic():
        insert(case, Stage.CLOSED, by=second)


def test_a_closed_case_is_taken_up_again_and_comes_back_to_the_office(village, officer, second):
    case = casework.reviewed(casework.opened(village), officer)
    case_closing.close(case=case, on=DAY, by=second)
    with pytest.raises(BadInput):
        case_closing.reopen(case=case, on=DAY, by=second, note="")
    case_closing.reopen(case=case, on=DAY, by=second, note="复拍发现恢复建设")
    case_steps.review_in_office(case=case, facts=Facts(), on=DAY, by=officer)
    case.refresh_from_db()
    assert (case.stage, case.outcome, case.confirmed_on) == ("office_review", "", None)
    assert not Verification.objects.in_force().exists()
    assert not CaseRectification.objects.in_force().exists()
    verify_in_field(case=case, on=DAY, by=second, report="再次到场", files=casework.pictures())
    assert Verification.objects.count() == 2


def test_a_case_opened_by_mistake_is_taken_back_before_the_field_and_stays_in_the_book(
    village, officer, second
):
    case = casework.opened(village)
    with pytest.raises(BadInput):
        case_closing.withdraw(case=case, on=DAY, by=second, note="")
    case_closing.withdraw(case=case, on=DAY, by=second, note="与另一案件重复")
    assert not Case.objects.in_force().exists()
    assert Act.objects.get(verb="case_withdrawn").reason == "与另一案件重复"
    assert Case.objects.filter(pk=case.pk).exists()
    verified = casework.verified(casework.opened(village, name="另一处"), officer)
    with pytest.raises(BadInput):
        case_closing.withdraw(case=verified, on=DAY, by=second, note="不再办理")


# --- evidence


def test_pictures_bring_position_direction_and_time(village, officer):
    casework.verified(casework.opened(village), officer, count=1)
    one = Evidence.objects.get()
    assert one.counts
    assert one.azimuth == Decimal("135.5")
    assert one.taken_where.x == pytest.approx(103.7, abs=1e-5)


def test_what_the_camera_did_not_write_is_filled_in_and_counts_then(village, officer):
    case = casework.verified(casework.opened(village), officer, count=2)
    bare = add_evidence(case=case, files=[("无位置.jpg", [make.picture()])], by=officer)[0]
    assert not bare.counts
    with pytest.raises(BadInput, match="E01"):
        case_steps.judge(case=case, parts=casework.SUSPECTED, on=DAY, by=officer)
    with pytest.raises(BadInput):
        describe_evidence(evidence=bare, by=officer, taken_at=None, lon=Decimal("23"), lat=Decimal("103.7"),
                          azimuth=None)  # fmt: skip
    taken = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
    describe_evidence(evidence=bare, by=officer, taken_at=taken, lon=Decimal("103.7"), lat=Decimal("23"),
                      azimuth=Decimal("360"))  # fmt: skip
    bare.refresh_from_db()
    assert (bare.counts, bare.azimuth) == (True, 0)
    case_steps.judge(case=case, parts=casework.SUSPECTED, on=DAY, by=officer)


def test_confirming_is_for_the_county(village, officer, township):
    case = casework.suspected(casework.opened(village), officer)
    with pytest.raises(NotAllowed):
        case_steps.confirm(case=case, on=DAY, by=officer)
    case_steps.confirm(case=case, on=DAY, by=make.user("county", township.parent), note="违法事实清楚")
    case.refresh_from_db()
    assert case.confirmed_on == DAY


def test_the_words_are_refused_before_and_taken_after(village, officer):
    case = casework.opened(village)
    with pytest.raises(BadInput, match="E01"):
        case_steps.accept(case=case, on=DAY, by=officer, note="违法建筑")
    casework.confirmed(case, officer)
    case_rectifying.rectify(
        case=case, areas={"other": case.area_m2}, on=DAY, by=officer, note="违法建筑已拆除"
    )


# --- pauses


def test_pauses_do_not_overlap_and_end_after_they_begin(village, officer):
    case = casework.opened(village)
    case_closing.pause(case=case, kind="appraisal", on=DAY, by=officer)
    with pytest.raises(RegistryError):
        case_closing.pause(case=case, kind="hearing", on=DAY, by=officer)
    with pytest.raises(BadInput):
        case_closing.resume(case=case, on=DAY, by=officer)
    case_closing.resume(case=case, on=DAY + dt.timedelta(days=3), by=officer)
    with pytest.raises(RegistryError):
        case_closing.resume(case=case, on=DAY + dt.timedelta(days=4), by=officer)


def test_history_keeps_what_a_case_was(village, officer):
    case = casework.confirmed(casework.opened(village), officer)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM land_caseevent WHERE pgh_obj_id = %s", [case.pk])
        assert cursor.fetchone()[0] >= 6


def test_a_layer_on_which_cases_rest_is_not_taken_back(clues, officer):
    from registry.services.imports import reverse_batch

    open_clues(vintage=clues, on=DAY, by=officer)
    with pytest.raises(RegistryError) as error:
        reverse_batch(batch=clues.batch, by=None)
    assert error.value.code == "later_facts"


def test_the_ground_of_the_event_is_asked_first_and_todays_where_it_is_lost(township, officer, tmp_path):
    """P05: two answers. The layer is of 2024; building began in 2021."""
    path = gpkg(tmp_path / "bf.gpkg", [at(0, 0, 100, 100)], zone_columns(1))
    assert take(path, "basic_farmland", of=township)[0]["state"] == "applied"
    outline = geo.transform(at(0, 0, 10, 10), 4544, 4490)
    geom = GEOSGeometry(outline.wkt, srid=4490)
    early, late = (
        casework.opened(township.children.first(), area="100", geom=geom, name=name) for name in ("早", "晚")
    )
    for case, began in ((early, dt.date(2021, 5, 1)), (late, dt.date(2025, 5, 1))):
        case_steps.accept(case=case, on=DAY, by=None)
        case_steps.review_in_office(case=case, facts=Facts(began_on=began), on=DAY, by=None)
        case.refresh_from_db()
    assert early.ground["event"] == {"verdict": "NO_DATA", "day": "2021-05-01"}
    assert early.basic_farmland_m2 == late.basic_farmland_m2 != 0
    assert "event" not in late.ground
    assert late.farmland_m2 is None  # no survey: unknown, not zero
