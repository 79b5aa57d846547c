"""The reader of starter banks: what it returns, and how it refuses a mistake."""

from __future__ import annotations

import copy

import pytest
import yaml

from questions.formats.starter import LEVELS, StarterContentError, StarterOption, read_bank

BANK = {
    "slug": "tea",
    "name": "Tea",
    "description": "How tea is made.",
    "skills": [{"slug": "brewing", "name": "Brewing", "description": "Water and time."}],
}
DIFFICULTY = {"fresher": 1, "junior": 2, "intermediate": 3, "experienced": 4}


def _choice(level):
    return {
        "id": f"tea-{level}",
        "kind": "single",
        "level": level,
        "difficulty": DIFFICULTY[level],
        "skills": ["brewing"],
        "tags": ["water"],
        "stem": "How hot?\n",
        "options": [
            {"code": "a", "text": "Cold", "feedback": "Too cold."},
            {"code": "b", "text": "Boiling", "key": True},
            {"code": "c", "text": "Frozen"},
        ],
        "explanation": "Black tea wants boiling water.",
        "source": "https://example.org/tea",
        "proof": None,
    }


def _open(level):
    question = {
        name: value for name, value in _choice(level).items() if name not in ("options", "explanation")
    }
    return question | {
        "id": f"tea-open-{level}",
        "kind": "open",
        "model_answer": "Slowly.",
        "look_fors": ["Patience."],
        "warning_signs": ["Haste."],
        "follow_ups": ["Why?"],
    }


@pytest.fixture
def content():
    return {"bank": copy.deepcopy(BANK)} | {level: [_choice(level)] for level in LEVELS}


def _write(folder, content):
    for name, value in content.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(value), encoding="utf-8")
    return folder


def _refusal(folder, content):
    with pytest.raises(StarterContentError) as refused:
        read_bank(_write(folder, content))
    return refused.value


def test_read_bank_returns_all_fields(tmp_path, content):
    content["junior"].append(_open("junior"))

    bank = read_bank(_write(tmp_path, content))

    assert (bank.slug, bank.name, bank.description) == ("tea", "Tea", "How tea is made.")
    assert [skill.slug for skill in bank.skills] == ["brewing"]
    assert [question.external_id for question in bank.questions] == [
        "tea-fresher",
        "tea-junior",
        "tea-open-junior",
        "tea-intermediate",
        "tea-experienced",
    ]
    first = bank.questions[0]
    assert first.options[0] == StarterOption(code="a", text="Cold", is_key=False, feedback="Too cold.")
    assert [option.code for option in first.keys] == ["b"]
    assert (first.stem, first.proof, first.tags) == ("How hot?", None, ("water",))
    opened = bank.questions[2]
    assert (opened.options, opened.explanation) == ((), "")
    assert (opened.model_answer, opened.look_fors) == ("Slowly.", ("Patience.",))
    assert (opened.warning_signs, opened.follow_ups) == (("Haste.",), ("Why?",))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"stemm": "How hot?"}, "stemm"),
        ({"kind": "essay"}, "kind"),
        ({"level": "junior"}, "level"),
        ({"difficulty": 3}, "difficulty"),
        ({"difficulty": True}, "difficulty"),
        ({"difficulty": "1"}, "difficulty"),
        ({"skills": ["pouring"]}, "skills"),
        ({"skills": []}, "skills"),
        ({"skills": ["brewing", "brewing"]}, "skills"),
        ({"tags": "water"}, "tags"),
        ({"stem": "  \n"}, "stem"),
        ({"stem": 12}, "stem"),
        ({"explanation": None}, "explanation"),
        ({"source": "a book"}, "source"),
        ({"proof": ""}, "proof"),
        ({"id": "Tea Time"}, "id"),
        ({"model_answer": "Slowly."}, "model_answer"),
        ({"options": None}, "options"),
        ({"kind": "multiple"}, "options"),
    ],
)
def test_read_bank_refuses_wrong_field(tmp_path, content, change, field):
    content["fresher"][0] |= change

    refusal = _refusal(tmp_path, content)

    assert (refusal.file, refusal.field) == ("fresher.yaml", field)
    assert refusal.question == content["fresher"][0]["id"]
    assert "fresher.yaml" in str(refusal)
    assert f"“{field}”" in str(refusal)


@pytest.mark.parametrize(
    "field",
    ["kind", "level", "difficulty", "skills", "tags", "stem", "options", "explanation", "source", "proof"],
)
def test_read_bank_refuses_missing_field(tmp_path, content, field):
    del content["junior"][0][field]

    refusal = _refusal(tmp_path, content)

    assert (refusal.file, refusal.question, refusal.field) == ("junior.yaml", "tea-junior", field)


def test_read_bank_refuses_missing_id(tmp_path, content):
    del content["junior"][0]["id"]

    refusal = _refusal(tmp_path, content)

    assert (refusal.file, refusal.question, refusal.field) == ("junior.yaml", "number 1", "id")


@pytest.mark.parametrize("field", ["model_answer", "look_fors", "warning_signs", "follow_ups"])
def test_read_bank_refuses_open_question_without(tmp_path, content, field):
    question = _open("junior")
    del question[field]
    content["junior"].append(question)

    refusal = _refusal(tmp_path, content)

    assert (refusal.question, refusal.field) == ("tea-open-junior", field)


def test_read_bank_refuses_options_of_open_question(tmp_path, content):
    content["junior"].append(_open("junior") | {"options": _choice("junior")["options"]})

    refusal = _refusal(tmp_path, content)

    assert (refusal.question, refusal.field) == ("tea-open-junior", "options")


@pytest.mark.parametrize(
    ("number", "change", "field"),
    [
        (0, {"code": "b"}, "options[1].code"),
        (0, {"text": ""}, "options[1].text"),
        (0, {"key": False}, "options[1].key"),
        (0, {"key": "yes"}, "options[1].key"),
        (2, {"weight": 1}, "options[3].weight"),
        (2, {"feedback": ""}, "options[3].feedback"),
        (2, {"text": "Cold"}, "options"),
        (2, {"key": True}, "options"),
    ],
)
def test_read_bank_refuses_wrong_option(tmp_path, content, number, change, field):
    content["fresher"][0]["options"][number] |= change

    refusal = _refusal(tmp_path, content)

    assert (refusal.question, refusal.field) == ("tea-fresher", field)


def test_read_bank_refuses_missing_key(tmp_path, content):
    del content["fresher"][0]["options"][1]["key"]

    refusal = _refusal(tmp_path, content)

    assert (refusal.question, refusal.field) == ("tea-fresher", "options")
    assert "key: true" in str(refusal)


@pytest.mark.parametrize("how_many", [2, 6])
def test_read_bank_refuses_too_few_or_many_options(tmp_path, content, how_many):
    content["fresher"][0]["options"] = [
        {"code": code, "text": code} | ({"key": True} if code == "a" else {}) for code in "abcdef"[:how_many]
    ]

    refusal = _refusal(tmp_path, content)

    assert (refusal.question, refusal.field) == ("tea-fresher", "options")


def test_read_bank_refuses_repeated_id(tmp_path, content):
    content["experienced"][0]["id"] = "tea-fresher"

    refusal = _refusal(tmp_path, content)

    assert (refusal.file, refusal.question, refusal.field) == ("experienced.yaml", "tea-fresher", "id")
    assert "fresher.yaml" in refusal.problem


def test_read_bank_reads_several_files_of_a_level_in_the_order_of_their_names(tmp_path, content):
    content["junior-interviews"] = [_open("junior")]
    content["junior-hot"] = [_choice("junior") | {"id": "tea-hot"}]

    bank = read_bank(_write(tmp_path, content))

    assert [question.external_id for question in bank.questions] == [
        "tea-fresher",
        "tea-junior",
        "tea-hot",
        "tea-open-junior",
        "tea-intermediate",
        "tea-experienced",
    ]


def test_read_bank_refuses_repeated_id_in_another_file_of_the_level(tmp_path, content):
    content["junior-interviews"] = [_open("junior") | {"id": "tea-junior"}]

    refusal = _refusal(tmp_path, content)

    assert (refusal.file, refusal.question, refusal.field) == ("junior-interviews.yaml", "tea-junior", "id")
    assert "junior.yaml" in refusal.problem


@pytest.mark.parametrize("name", ["junoir-interviews", "interviews", "juniors"])
def test_read_bank_refuses_file_of_no_level(tmp_path, content, name):
    content[name] = [_open("junior")]

    refusal = _refusal(tmp_path, content)

    assert (refusal.file, refusal.question, refusal.field) == (f"{name}.yaml", None, None)
    assert "fresher, junior, intermediate, experienced" in refusal.problem


def test_read_bank_refuses_field_written_twice(tmp_path, content):
    _write(tmp_path, content)
    with (tmp_path / "fresher.yaml").open("a", encoding="utf-8") as file:
        file.write("  stem: Another stem\n")

    with pytest.raises(StarterContentError, match="'stem' appears twice"):
        read_bank(tmp_path)


def test_read_bank_refuses_missing_file(tmp_path, content):
    del content["junior"]

    refusal = _refusal(tmp_path, content)

    assert (refusal.file, refusal.question, refusal.field) == ("junior.yaml", None, None)


@pytest.mark.parametrize("text", ["- id: [", "just words", ""])
def test_read_bank_refuses_file_that_is_no_list(tmp_path, content, text):
    _write(tmp_path, content)
    (tmp_path / "junior.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(StarterContentError) as refused:
        read_bank(tmp_path)

    assert refused.value.file == "junior.yaml"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"slug": "Tea Time"}, "slug"),
        ({"name": ""}, "name"),
        ({"colour": "green"}, "colour"),
        ({"skills": []}, "skills"),
        ({"skills": [{"slug": "brewing", "name": "Brewing"}]}, "skills[1].description"),
        ({"skills": BANK["skills"] * 2}, "skills"),
    ],
)
def test_read_bank_refuses_wrong_bank(tmp_path, content, change, field):
    content["bank"] |= change

    refusal = _refusal(tmp_path, content)

    assert (refusal.file, refusal.field) == ("bank.yaml", field)


@pytest.mark.parametrize(
    "text",
    [
        "!!python/object/apply:os.system ['touch {marker}']",
        "!!python/object/new:os.system ['touch {marker}']",
        "!!python/name:os.system",
        "!!python/module:os",
        "!!python/object:questions.models.Question {{}}",
        "!ruby/object:Gem::Installer {{}}",
        "- id: !!python/object/apply:os.system ['touch {marker}']",
    ],
)
def test_case_19_unsafe_deserialise_a_tag_that_names_code_is_refused(tmp_path, content, text):
    marker = tmp_path / "built"
    _write(tmp_path, content)
    (tmp_path / "junior.yaml").write_text(text.format(marker=marker), encoding="utf-8")

    with pytest.raises(StarterContentError, match="could not determine a constructor") as refused:
        read_bank(tmp_path)

    assert refused.value.file == "junior.yaml"
    assert not marker.exists()
