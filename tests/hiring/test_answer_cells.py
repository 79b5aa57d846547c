from decimal import Decimal

import pytest

from hiring.rules.answer_cells import answer_in

CITIES = [
    {"code": "1", "text": "Berlin"},
    {"code": "2", "text": "Paris, France"},
    {"code": "3", "text": "Rome"},
]
BOUNDS = [{"code": "least", "text": "0"}, {"code": "most", "text": "50"}]


def answer(text, kind, options=()):
    return answer_in(text, question_id=7, kind=kind, options=options)


@pytest.mark.parametrize("text", ["yes", "Ja", "TRUE", "1", " y "])
def test_yes_is_written_in_several_ways(text):
    assert answer(text, "yes_no").codes == ["yes"]
    assert answer("No", "yes_no").codes == ["no"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("rome", ["3"]),
        ("Paris, France", ["2"]),
        ("Berlin; paris, france", ["1", "2"]),
        ("Rome, Berlin", ["3", "1"]),
    ],
)
def test_several_answers_stand_between_semicolons_or_commas(text, codes):
    assert answer(text, "choices", CITIES).codes == codes


@pytest.mark.parametrize(("text", "number"), [("12", "12"), ("3,5", "3.5"), ("0.25", "0.25")])
def test_a_number_is_written_with_a_point_or_a_decimal_comma(text, number):
    assert answer(text, "number", BOUNDS).number == Decimal(number)


@pytest.mark.parametrize(
    ("text", "kind", "options", "words"),
    [
        ("perhaps", "yes_no", (), "yes or no"),
        ("Oslo", "choice", CITIES, "Berlin; Paris, France; Rome"),
        ("Rome; Oslo", "choices", CITIES, "Berlin"),
        ("1,000", "number", BOUNDS, "12.50"),
        ("51", "number", BOUNDS, "50"),
        ("-1", "number", BOUNDS, "0"),
        ("1e9", "number", (), "12.50"),
        ("x" * 301, "text", (), "300"),
        ("x" * 5001, "long_text", (), "5000"),
    ],
)
def test_what_is_no_answer_says_what_could_stand_there(text, kind, options, words):
    with pytest.raises(ValueError, match=words.replace(".", r"\.")):
        answer(text, kind, options)


def test_texts_keep_their_lines_where_the_form_has_room_for_them():
    assert answer("one\ntwo", "long_text").text == "one\ntwo"
    assert answer("one\ntwo", "text").text == "one two"
