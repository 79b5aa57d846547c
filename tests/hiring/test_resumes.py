from __future__ import annotations

import pytest

from hiring.formats.resumes import ResumeGuess, guess_person


@pytest.mark.parametrize(
    ("text", "guess"),
    [
        (
            "Ada Lovelace\nAnalyst\nada@example.org · +44 20 7946 0000",
            ResumeGuess("Ada Lovelace", "ada@example.org", "+44 20 7946 0000"),
        ),
        (
            "LEBENSLAUF\n\nANNA-LENA VON DER HEIDE\nTel.: 030 1234567\nE-Mail: anna.l+jobs@example.co.uk",
            ResumeGuess("Anna-Lena Von Der Heide", "anna.l+jobs@example.co.uk", "030 1234567"),
        ),
        ("Name: José Ñandú\n\n2016 – 2018 Turin", ResumeGuess("José Ñandú")),
        ("Curriculum Vitae\nLudwig van Beethoven, composer", ResumeGuess("Ludwig van Beethoven")),
        ("Experience\n01.2016 - 12.2018 Bakery\nMobile 6505550123", ResumeGuess(phone="6505550123")),
        ("engineer who loves trains\n2016 2017 2018", ResumeGuess()),
        ("", ResumeGuess()),
    ],
)
def test_person_is_guessed_from_what_stands_at_the_top(text: str, guess: ResumeGuess) -> None:
    assert guess_person(text) == guess


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("cv_ada-lovelace_2026.pdf", "Ada Lovelace"),
        ("Resume (Grace Hopper) final.docx", "Grace Hopper"),
        ("scan0001.pdf", ""),
        ("résumé.pdf", ""),
    ],
)
def test_name_is_guessed_from_the_file_where_the_text_has_none(filename: str, name: str) -> None:
    assert guess_person("", filename=filename).full_name == name
    assert guess_person("Ada King", filename=filename).full_name == "Ada King"


@pytest.mark.parametrize(
    "piece", ["a", "a@", "a.", "@a.", "+1", "(0", "0 ", "1.1.", "Ab ", "é\u0301", "\u2028", "-"]
)
def test_case_20_redos_long_texts_are_looked_at_by_their_beginning_alone(piece: str) -> None:
    long = piece * 50_000

    assert guess_person(long, filename=long) == guess_person(long[:20_000], filename=long[:300])
    assert guess_person(f"{long}\nada@example.org").email == ""
