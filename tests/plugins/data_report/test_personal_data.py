import re

import pytest
from benchsuite_data_report.personal_data import excerpt, find, iban, luhn, shape
from hypothesis import given
from hypothesis import strategies as st

CARD, IBAN = "4111111111111111", "GB82WEST12345698765432"


def kinds(text):
    return [found.kind for found in find(text)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to jane.doe+x@mail.example.org!", "e-mail"),
        ("card 4111 1111-1111 1111.", "card number"),
        ("378282246310005", "card number"),
        ("GB82 WEST 1234 5698 7654 32", "IBAN"),
        ("to DE89370400440532013000 now", "IBAN"),
        ("078-05-1120", "SSN-like"),
        ("at 8.8.8.8, they", "IPv4 address"),
        ("+49 30 901820 12", "phone number"),
        ("(555) 123-4567", "phone number"),
        ("555-123-4567", "phone number"),
        ("020 7946 0958", "phone number"),
    ],
)
def test_what_is_found(text, kind):
    assert kinds(text) == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",
        "0000 0000 0000 0000",
        "GB83 WEST 1234 5698 7654 32",
        "000-12-3456, 666-12-3456, 900-12-3456, 123-00-4567",
        "192.168.0.1 and 10.0.0.7 and 999.1.1.1 and 1.2.3.4.5",
        "in 1998 2001 1753 and 2009-10-11, 1,000,000,000",
        "me@home, @jane, a@b",
        "version 1.10.2 of 12.5",
    ],
)
def test_what_is_not(text):
    assert kinds(text) == []


@given(st.integers(0, len(CARD) - 1), st.integers(1, 9))
def test_a_wrong_digit_breaks_both_checks(place, by):
    wrong = f"{CARD[:place]}{(int(CARD[place]) + by) % 10}{CARD[place + 1 :]}"
    assert luhn(CARD)
    assert not luhn(wrong)
    digits = [i for i, sign in enumerate(IBAN) if sign.isdigit()]
    place = digits[place % len(digits)]
    wrong = f"{IBAN[:place]}{(int(IBAN[place]) + by) % 10}{IBAN[place + 1 :]}"
    assert iban(IBAN)
    assert not iban(wrong)


def test_excerpts_hide_what_was_found():
    text = f"Pay {CARD} or {IBAN}, ask jane@example.org; " + "x" * 400
    shown = excerpt(text)
    assert "jane" not in shown
    assert not re.search(r"[1-9]", shown)
    assert "Pay 0000000000000000 or xx00xxxx" in shown
    assert len(shown) == 281


def test_what_an_excerpt_cuts_in_two_is_hidden_too():
    assert "4111" not in excerpt("x " * 133 + CARD)


@given(st.text())
def test_a_form_says_nothing(text):
    assert set(re.findall(r"[^\W_]", shape(text))) <= {"x", "0"}


@pytest.mark.parametrize("piece", ["1 ", "1-", "(1", "a@", "a.", "AB12 ", "1.", "+1", "@a."])
def test_no_text_takes_for_ever(piece):
    list(find(piece * 50_000))
