"""GIFT, Aiken and Markdown."""

from __future__ import annotations

from collections.abc import Mapping

from tests.questions.formats.adversarial.making import Make, many, one, with_texts

GIFT: Mapping[str, Make] = {
    "tiny questions": many(lambda number: f"::{number}::Q{number}{{=a ~b}}\n\n"),
    "options": one("~b", "Q {=a ", "}"),
    "options that differ": many(lambda number: f"~{number} ", "Q {=a ", "}"),
    "feedback": one("~b#c####", "Q {=a ", "}"),
    "lines": one("a\n", "", "{=a ~b}"),
    "lines of options": one("~b\n", "Q {=a\n", "}"),
    "comments in code": one("// a\n", "```\n", "```\n{=a ~b}"),
    "pre": one("<pre>\n", "[html]", "{=a ~b}"),
    "category": one("a/", "$CATEGORY: ", "\n\nQ {=a ~b}"),
    "categories": many(lambda number: f"$CATEGORY: {number}\n\nQ{{=a ~b}}\n\n"),
    "tags": many(lambda number: f"[tag:{number}]", "// ", "\nQ {=a ~b}"),
    "ids that escape": one("\\]", "// [id:", "\nQ {=a ~b}"),
    "same ids": one("// [id:a]\nQ {=a ~b}\n\n"),
    "escapes": one("\\{\\}", "Q ", "{=a ~b}"),
    "weights": one("~%-33.33333%b ", "Q {=a ", "}"),
    "digits": lambda size: b"Q {=%" + b"9" * 5_000 + b"%a ~b}" + b"\n" * (size - 5_014),
    "numbers": one("9", "Q {#", "}"),
    "matching": one("=a -> b\n", "Q {", "}"),
    "many braces": one("{=a ~b} ", "Q "),
    **with_texts(
        "",
        lambda text: f"[html]{text.translate(dict.fromkeys(map(ord, '{}=~#')))}{{=a ~b}}\n\n",
        "",
    ),
}
AIKEN: Mapping[str, Make] = {
    "tiny questions": many(lambda number: f"Q{number}\nA) a\nB) b\nANSWER: A\n"),
    "lines": many(lambda number: f"line {number}\n", "", "A) a\nB) b\nANSWER: A\n"),
    "options": one("A) a\n", "Q\n", "ANSWER: A\n"),
    "small letters": one("a) a\nb) b\n", "Q\n", "ANSWER: A\n"),
    "answers": one("A, ", "Q\nA) a\nB) b\nANSWER: "),
    "answers that end otherwise": one("A and ", "Q\nA) a\nB) b\nANSWER: ", "?"),
    "blanks": one(" ", "Q\nA) a\nB) b\nANSWER:", "A"),
    "stems like options": one("A. a\nA) a\nB. b\nANSWER: A\n"),
    "no answers": one("Q\nA) a\nB) b\n"),
}
_TASK = "- [x] a\n- [ ] b\n"
MARKDOWN: Mapping[str, Make] = {
    "tiny questions": many(lambda number: f"#### Q{number}. Q\n{_TASK}"),
    "tiny lettered questions": many(lambda number: f"## {number}. Q\n- A: a\n- B: b\n\nAnswer: A\n\n"),
    "tiny questions of text2qti": many(lambda number: f"{number}. Q\n*a) a\nb) b\n\n"),
    "options": many(lambda number: f"- [ ] {number}\n", "# Q1. Q\n- [x] a\n"),
    "lettered options": one("- A: a\n", "# Q1. Q\n", "\nAnswer: A"),
    "code in options": one("- [ ] a\n  ```\n  x\n  ```\n", "# Q1. Q\n- [x] a\n"),
    "code that never ends": one("x\n", f"# Q1. Q\n{_TASK}\n```\n"),
    "code in code": one("```\n````\n", f"# Q1. Q\n{_TASK}\n"),
    "answers": one("A, ", "# Q1. Q\n- A: a\n- B: b\n\nAnswer: "),
    "lines of answers": one("Answer: A\n", "# Q1. Q\n- A: a\n- B: b\n\n"),
    "headings below": many(lambda number: f"##### part {number}\n", f"# Q1. Q\n{_TASK}"),
    "headings that ask nothing": many(lambda number: f"# part {number}\n", "", f"# Q1. Q\n{_TASK}"),
    "deep lists": lambda size: "".join(
        ["# Q1. Q\n", _TASK, *(" " * (number % 400) + "- a\n" for number in range(size // 204))]
    ).encode(),
    "comments": one("<!-- id: a -->\n", "# Q1. Q\n", _TASK),
    "half comments": one("<!-- id: a\n", "# Q1. Q\n", _TASK),
    "facts": many(lambda number: f"id: {number}\n", "# Q1. Q\n<!--\n", f"-->\n{_TASK}"),
    "shares": one("1/2, ", "# Q1. Q\n<!--\nshares: ", f"-->\n{_TASK}"),
    "tags": many(lambda number: f"{number}, ", "# Q1. Q\n<!--\ntags: ", f"-->\n{_TASK}"),
    "digits": lambda size: (
        f"# Q1. Q\n<!--\nshares: {'9' * 5_000}, 1/{'9' * 5_000}\n-->\n{_TASK}".encode()
        + b"\n" * (size - 10_050)
    ),
    "feedback": one("  > a\n", "# Q1. Q\n- [ ] b\n- [x] a\n"),
    "texts that go on": one("... a\n", "1. Q\n", "*a) a\nb) b\n"),
    "pictures": one("<img\n", "# Q1. Q\n", _TASK),
    **with_texts("", lambda text: f"# Q1. {text}\n\n{_TASK}\n", ""),
}
