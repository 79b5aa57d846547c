from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candidates.rules import link_key, name_key, phone_key
from shell.words import WORD_LENGTH, words_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+49 30 123 4567", "0049 (30) 1234567"),
        ("+1 (202) 555-0119", "202.555.0119"),
        ("٠٣٠١٢٣٤٥٦٧", "030 1234567"),
    ],
)
def test_phone_key_is_the_same_for_spellings_of_one_number(one: str, other: str) -> None:
    assert phone_key(one) == phone_key(other) != ""


@pytest.mark.parametrize("phone", ["", "110", "ext. 1234"])
def test_phone_key_of_a_number_too_short_to_tell_is_empty(phone: str) -> None:
    assert phone_key(phone) == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("José Núñez", "NUNEZ, Jose"),
        ("Anne-Marie Groß", "gross anne marie"),
        ("Ａｄａ Lovelace", "Lovelace Ada"),
        ("İbrahim Şahin", "ibrahim sahin"),
    ],
)
def test_name_key_is_the_same_for_spellings_of_one_name(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_name_key_of_a_long_name_fits_its_column() -> None:
    assert len(name_key("ﷺ" * 200)) <= 200


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.Example.org/in/Ada/", "http://example.org/in/ada"),
        ("https://example.org/ada?trk=mail", "https://example.org/ada#top"),
    ],
)
def test_link_key_is_the_same_for_spellings_of_one_profile(one: str, other: str) -> None:
    assert link_key(one) == link_key(other)


@given(st.text(max_size=200))
def test_words_hold_letters_or_digits_alone_and_are_their_own_words(text: str) -> None:
    words = words_of(text)

    assert all(word.isalpha() or word.isdigit() for word in words)
    assert all(0 < len(word) <= WORD_LENGTH for word in words)
    assert words_of(" ".join(words)) == words
