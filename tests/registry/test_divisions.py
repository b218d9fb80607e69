"""Official lists of divisions come in: one tree, several code systems."""

import csv
import io
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from registry import clock
from registry.models import Act, Division, DivisionCode, ImportBatch
from registry.queries.divisions import division_by_code
from registry.queries.places import Places
from registry.services.division_changes import merge_divisions
from registry.services.imports import reverse_batch
from tests import factories as make

pytestmark = pytest.mark.django_db

NBS = """level,code,name,parent_code
county,532523,屏边苗族自治县,5325
township,532523101,玉屏镇,532523
township,532523102,新现镇,532523
township,532523205,新华乡,532523
village,532523205201,新华村委会,532523205
village,532523205202,格咪底村委会,532523205
"""
MCA = """level,code,name,parent_code
county,532523,屏边苗族自治县,532500
township,532523100,玉屏镇,532523
township,532523101,新现镇,532523
township,532523205,新华乡,532523
"""


@pytest.fixture
def bring(tmp_path, settings):
    """Import a list through the command; gives document and exit status."""
    settings.FILES_DIR = tmp_path / "files"

    def bring(content, *options, name="list.csv", apply=True):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return run("import_divisions", str(path), *(["--apply"] if apply else []), *options)

    return bring


def run(command, *args):
    out, status = io.StringIO(), 0
    try:
        call_command(command, *args, stdout=out)
    except SystemExit as end:
        status = end.code
    return json.loads(out.getvalue()), status


def codes(system):
    rows = DivisionCode.objects.filter(system=system).values_list("code", "division__name")
    return dict(rows)


def test_the_first_list_makes_the_tree_with_its_paths(bring):
    answer, status = bring(NBS)
    assert (answer["state"], status) == ("applied", 0)
    assert (answer["rows"], answer["accepted"], answer["changed"], answer["unchanged"]) == (6, 6, 0, 0)
    county = Division.objects.get(level="county")
    assert county.parent is None
    village = Division.objects.get(name="新华村委会")
    assert village.path == f"/{county.pk}/{village.parent_id}/{village.pk}/"
    assert Division.objects.within(county).count() == 6
    assert answer["totals"]["levels"] == {"county": 1, "township": 3, "village": 2}


def test_without_apply_no_fact_is_touched(bring):
    answer, status = bring(NBS, apply=False)
    assert (answer["state"], answer["accepted"], status) == ("staged", 6, 0)
    assert Division.objects.count() == 0
    assert ImportBatch.objects.get().staged.count() == 6


def test_a_list_of_the_other_system_attaches_its_codes_to_the_same_places_by_name(bring):
    bring(NBS)
    answer, status = bring(MCA, "--system", "mca")
    assert (answer["state"], status, answer["changed"]) == ("applied", 0, 4)
    assert Division.objects.count() == 6
    assert codes("nbs")["532523101"] == "玉屏镇"
    assert codes("mca")["532523101"] == "新现镇"
    assert division_by_code("532523101", "nbs").name == "玉屏镇"
    assert division_by_code("532523101", "mca").name == "新现镇"


def test_the_same_list_again_changes_nothing(bring):
    bring(NBS)
    answer, status = bring(NBS)
    assert (answer["rows"], answer["unchanged"], answer["changed"], status) == (6, 6, 0, 0)
    assert DivisionCode.objects.count() == 6


def test_a_renamed_place_keeps_its_row_and_the_book_says_what_it_was(bring):
    bring(NBS)
    old = Division.objects.get(name="格咪底村委会")
    answer, _status = bring(NBS.replace("格咪底村委会", "幸福村委会"))
    assert (answer["changed"], answer["unchanged"]) == (1, 5)
    old.refresh_from_db()
    assert old.name == "幸福村委会"
    act = Act.objects.get(verb="division_changed")
    assert act.before == {"name": "格咪底村委会"}
    event = old.events.order_by("-pgh_id")
    assert [row.name for row in event[:2]] == ["幸福村委会", "格咪底村委会"]


def test_a_new_code_ends_the_old_one_on_the_first_day_of_the_new_list(bring):
    bring(NBS)
    answer, _status = bring(NBS.replace("532523205202", "532523205299"), "--valid-from", "2024-01-01")
    assert answer["changed"] == 1
    place = Division.objects.get(name="格咪底村委会")
    rows = list(place.codes.order_by("valid").values_list("code", "valid"))
    assert [code for code, _valid in rows] == ["532523205202", "532523205299"]
    assert rows[0][1].upper == rows[1][1].lower == make.day("2024-01-01")
    assert Division.objects.coded("532523205202", day=make.day("2023-12-31")).get() == place
    assert not Division.objects.coded("532523205202", day=make.day("2024-01-01")).exists()


def test_codes_that_change_hands_within_one_list_follow_the_names(bring):
    bring(NBS)
    swapped = NBS.replace("532523205201,新华", "X,新华").replace("532523205202", "532523205201")
    answer, status = bring(swapped.replace("X,新华", "532523205202,新华"), "--valid-from", "2024-01-01")
    assert (answer["changed"], status) == (2, 0)
    day = make.day("2024-06-01")
    assert Division.objects.coded("532523205201", day=day).get().name == "格咪底村委会"
    assert Division.objects.coded("532523205202", day=day).get().name == "新华村委会"


def test_a_prefecture_that_comes_later_goes_above_the_county_and_every_path_follows(bring):
    bring(NBS)
    above = NBS.replace("county,", "prefecture,5325,红河哈尼族彝族自治州,53\ncounty,", 1)
    answer, status = bring(above)
    assert (answer["totals"]["new"], answer["changed"], status) == (1, 1, 0)
    prefecture = Division.objects.get(level="prefecture")
    county = Division.objects.get(level="county")
    assert county.parent == prefecture
    assert Division.objects.within(prefecture).count() == 7
    assert Division.objects.get(name="新华村委会").path.startswith(f"/{prefecture.pk}/{county.pk}/")


def test_natural_villages_hang_below_villages_that_are_in_the_register_already(bring):
    bring(NBS)
    answer, status = bring(
        "level,code,name,parent_code,households,people\n"
        "natural_village,532523205201001,大寨,532523205201,52,210\n"
        "natural_village,532523205201002,小寨,532523205201,,\n"
    )
    assert (answer["accepted"], status) == (2, 0)
    place = Division.objects.get(name="大寨")
    assert (place.level, place.parent.name, place.households, place.people) == (
        "natural_village",
        "新华村委会",
        52,
        210,
    )


def test_all_errors_of_all_rows_are_listed_and_the_good_rows_still_apply(bring):
    bad = (
        NBS
        + "hamlet,532523205203,某处,532523205\n"  # 8
        + "village,53252320520,短码村,532523205\n"  # 9
        + "village,532523999201,孤村,532523999\n"  # 10
        + "village,532523205201,重码村,532523205\n"  # 11
        + "village,532523101201,错位村,532523205\n"  # 12
        + "village,,,532523205\n"  # 13
        + "natural_village,532523999201001,孤寨,532523999201\n"  # 14
    )
    answer, status = bring(bad)
    assert status == 1
    found = {(error["row"], error["column"], error["code"]) for error in answer["errors"]}
    assert found == {
        (8, "level", "unknown_level"),
        (9, "code", "code_length"),
        (10, "parent_code", "no_parent"),
        (11, "code", "duplicate_code"),
        (12, "code", "code_not_below_parent"),
        (13, "code", "bad_code"),
        (13, "name", "no_name"),
        (14, "parent_code", "parent_rejected"),
    }
    assert answer["state"] == "applied"
    assert Division.objects.count() == 6


def test_lists_in_gbk_and_with_codes_filled_up_with_zeros_are_read(bring):
    filled = NBS.replace(",532523205,", ",532523205000,", 1).replace("county,532523,", "county,532523000000,")
    answer, status = bring(filled.encode("gb18030"))
    assert (answer["accepted"], status) == (6, 0)
    assert codes("nbs")["532523205"] == "新华乡"


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"a,b\n1,2\n", "level"), (b"level,code,name,parent_code\n", ""), (bytes(range(128, 256)) * 9, "")],
)
def test_files_that_are_no_list_are_refused_with_a_sentence(bring, content, word):
    answer, status = bring(content)
    assert (answer["state"], status) == ("refused", 1)
    assert word in answer["errors"][0]["message"]
    assert answer["errors"][0]["message"]
    assert Division.objects.count() == 0


def test_an_empty_file_cannot_be_imported(bring):
    with pytest.raises(CommandError) as refusal:
        bring(b"")
    assert refusal.value.returncode == 2
    assert str(refusal.value)


def test_a_reversed_list_leaves_only_the_place_that_the_book_names_and_can_come_again(bring):
    answer, _status = bring(NBS)
    document, status = run("reverse_batch", str(answer["batch"]))
    assert (document["state"], status) == ("reversed", 0)
    assert list(Division.objects.values_list("name", flat=True)) == ["屏边苗族自治县"]
    assert DivisionCode.objects.count() == 0
    again, _status = bring(NBS)
    assert again["state"] == "applied"
    assert Division.objects.count() == 6


def test_a_reversed_second_list_gives_the_earlier_codes_and_names_back(bring):
    bring(NBS)
    changed = NBS.replace("格咪底村委会", "幸福村委会").replace("532523205201", "532523205299")
    answer, _status = bring(changed, "--valid-from", "2024-01-01")
    assert codes("nbs")["532523205299"] == "新华村委会"
    run("reverse_batch", str(answer["batch"]))
    rows = DivisionCode.objects.filter(division__name="新华村委会").values_list("code", "valid")
    assert [(code, valid.upper) for code, valid in rows] == [("532523205201", None)]
    assert Division.objects.filter(name="格咪底村委会").exists()


def test_a_list_on_which_units_rest_cannot_be_reversed(bring):
    answer, _status = bring(NBS)
    make.unit(of=Division.objects.get(name="新华村委会"))
    with pytest.raises(Exception, match="新华村委会"):
        reverse_batch(ImportBatch.objects.get(pk=answer["batch"]), by=None)
    assert Division.objects.count() == 6


def test_places_are_found_by_name_with_or_without_their_endings(bring):
    bring(NBS)
    places = Places()
    township = places.coded("532523205")
    assert [place.name for place in places.named("新华村", "village", township)] == ["新华村委会"]
    assert places.named("没有村", "village", township) == []
    assert places.near("格密底村", "village", township) == ["格咪底村委会"]
    assert places.label(places.coded("532523205201")) == "新华乡新华村委会"


def test_the_two_official_lists_of_the_county_make_one_tree(bring, settings):
    folder = settings.BASE_DIR / "registry" / "demo" / "data"
    first, _status = bring((folder / "pingbian_nbs2023.csv").read_bytes())
    assert (first["rows"], first["accepted"]) == (88, 88)
    second, status = bring((folder / "pingbian_mca2025.csv").read_bytes(), "--system", "mca")
    assert (second["accepted"], second["changed"], status) == (8, 8, 0)
    assert Division.objects.count() == 88
    with (folder / "pingbian_mca2025.csv").open() as rows:
        for row in csv.DictReader(rows):
            assert division_by_code(row["code"], "mca").name == row["name"]


def test_without_a_stated_day_new_places_hold_from_the_registers_first_day_and_new_codes_from_today(bring):
    bring(NBS)
    bring("level,code,name,parent_code\nnatural_village,532523205201001,大寨,532523205201\n")
    assert Division.objects.get(name="大寨").valid.lower == make.day("2012-11-08")
    bring(NBS.replace("532523205202", "532523205299"))
    rows = dict(DivisionCode.objects.filter(division__name="格咪底村委会").values_list("code", "valid"))
    assert rows["532523205202"].upper == rows["532523205299"].lower == clock.today()


def test_what_a_newer_list_leaves_out_or_moves_is_said_in_the_preview(bring):
    bring(NBS)
    shorter = NBS.replace("village,532523205202,格咪底村委会,532523205\n", "").replace(
        "532523102", "532523199"
    )
    answer, status = bring(shorter, apply=False)
    assert answer["totals"]["missing"] == [
        {"code": "532523205202", "name": "格咪底村委会", "level": "village"}
    ]
    assert answer["totals"]["moved"] == [{"name": "新现镇", "old": "532523102", "new": "532523199"}]
    notes = "".join(answer["totals"]["notes"])
    assert ("格咪底村委会 532523205202" in notes, "532523102 → 532523199" in notes) == (True, True)
    again, _status = bring(MCA, "--system", "mca", apply=False)
    assert (again["totals"]["missing"], again["totals"]["moved"], status) == ([], [], 0)


def test_a_line_with_a_retired_code_is_refused_and_says_who_follows(bring):
    bring(NBS)
    old = Division.objects.get(name="格咪底村委会")
    merge_divisions(old=[old], into=Division.objects.get(name="新华村委会"), on=clock.today(), by=None)
    answer, status = bring(NBS, apply=False)
    [error] = answer["errors"]
    assert (status, error["code"], error["row"]) == (1, "code_retired", 7)
    assert "新华村委会" in error["message"]
