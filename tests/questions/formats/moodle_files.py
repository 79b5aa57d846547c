"""Files as Moodle exports them, made of as little as a test needs."""

from __future__ import annotations

CHOICE = """\
<question type="multichoice">
  <name><text>Capital</text></name>
  <questiontext format="html"><text><![CDATA[<p>Which is the <b>capital</b> of France?</p>]]></text></questiontext>
  <generalfeedback format="html"><text><![CDATA[<p>It has been since 987.</p>]]></text></generalfeedback>
  <defaultgrade>1.0000000</defaultgrade>
  <penalty>0.3333333</penalty>
  <hidden>0</hidden>
  <idnumber>q-7</idnumber>
  <single>true</single>
  <shuffleanswers>true</shuffleanswers>
  <answernumbering>abc</answernumbering>
  <correctfeedback format="html"><text></text></correctfeedback>
  <answer fraction="0" format="html">
    <text><![CDATA[<p>Lyon</p>]]></text>
    <feedback format="html"><text><![CDATA[<p>No &amp; never.</p>]]></text></feedback>
  </answer>
  <answer fraction="100" format="html">
    <text><![CDATA[<p>Paris</p>]]></text>
    <feedback format="html"><text></text></feedback>
  </answer>
  <tags><tag><text>geo</text></tag><tag><text>level:junior</text></tag></tags>
</question>"""


def quiz(*questions: str) -> bytes:
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>", *questions, "</quiz>"]).encode()


def choice(*answers: str, stem: str = "Which?", more: str = "", kind: str = "multichoice") -> str:
    return (
        f'<question type="{kind}"><name><text>n</text></name><questiontext format="html"><text><![CDATA[{stem}]]>'
        f"</text></questiontext>{more}{''.join(answers)}</question>"
    )


def answer(text: str, fraction: str = "0", more: str = "") -> str:
    return f'<answer fraction="{fraction}"><text><![CDATA[{text}]]></text>{more}</answer>'


A, B = answer("a", "100"), answer("b")
