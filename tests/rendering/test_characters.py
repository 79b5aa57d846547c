import pytest
from hypothesis import given
from hypothesis import strategies as st

from rendering.characters import clean_line, clean_text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\x00b", "ab"),
        ("a\ud800b", "ab"),
        ("a\u202eb\u2066c\u2069", "abc"),
        ("a\r\nb\rc\n", "a\nb\nc\n"),
        ("\tpip install\n", "\tpip install\n"),
        ("מה\u200f! 👩🏽‍💻 é", "מה\u200f! 👩🏽‍💻 é"),
    ],
)
def test_case_21_nul_bytes_are_cleaned_and_letters_stay(text, cleaned):
    assert clean_text(text) == cleaned


@given(st.text(st.characters(codec=None)))
def test_clean_text_twice_is_clean_text_once_and_encodes(text):
    once = clean_text(text)

    once.encode()
    assert clean_text(once) == once


def test_clean_line_folds_white_space():
    assert clean_line(" Ada\r\nBcc: x\t y ") == "Ada Bcc: x y"
