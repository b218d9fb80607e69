"""Check digits of credit codes (GB 32100) and identity numbers (GB 11643)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.checkdigits import ID_SIGNS, USCC_SIGNS, id_check, is_id_number, is_uscc, uscc_check

GOOD_CODE = "91350100M000100Y43"  # the example of GB 32100-2015
GOOD_NUMBER = "11010519491231002X"  # the example of GB 11643-1999


def test_the_examples_of_the_standards_are_right():
    assert is_uscc(GOOD_CODE)
    assert is_id_number(GOOD_NUMBER)
    assert is_id_number("440524188001010014")


@pytest.mark.parametrize(
    "code",
    ["", GOOD_CODE[:17], GOOD_CODE + "0", GOOD_CODE.lower(), GOOD_CODE[:17] + "I", GOOD_CODE[:17] + "4"],
)
def test_what_is_no_credit_code_is_refused(code):
    assert not is_uscc(code)


@pytest.mark.parametrize(
    "number",
    [
        "",
        GOOD_NUMBER[:17],
        "010105194912310022",
        "11010519491331002X",
        "110105194912310021",
        GOOD_NUMBER.lower(),
    ],
)
def test_what_is_no_identity_number_is_refused(number):
    assert not is_id_number(number)


@given(
    st.text(alphabet=USCC_SIGNS, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(USCC_SIGNS)
)
def test_one_mistyped_sign_of_a_credit_code_is_always_noticed(first17, place, sign):
    code = first17 + uscc_check(first17)
    assert is_uscc(code)
    wrong = code[:place] + sign + code[place + 1 :]
    assert is_uscc(wrong) == (wrong == code)


@given(
    st.text(alphabet="0123456789", min_size=17, max_size=17),
    st.integers(0, 16),
    st.sampled_from("0123456789"),
)
def test_one_mistyped_digit_of_an_identity_number_is_always_noticed(first17, place, digit):
    wrong = first17[:place] + digit + first17[place + 1 :]
    assert id_check(first17) in ID_SIGNS
    assert (id_check(wrong) == id_check(first17)) == (wrong == first17)
