"""Files of a wanted size, shaped so that a careless reader takes far longer for them than for honest ones.

Beside `test_hostile.REPEATED`, one sign over and over: these are whole as far as a reader gets into them. Of a package
the size is what it unpacks to; packed it is far smaller.
"""

from __future__ import annotations

from collections.abc import Mapping

from questions.formats import names
from tests.questions.formats.adversarial.canvas import CANVAS, CANVAS_PACKAGES
from tests.questions.formats.adversarial.lines import AIKEN, GIFT, MARKDOWN
from tests.questions.formats.adversarial.making import Make
from tests.questions.formats.adversarial.moodle import MOODLE
from tests.questions.formats.adversarial.qti import QTI, qti_packages
from tests.questions.formats.adversarial.tables import CSV, XLSX
from tests.questions.formats.adversarial.trees import JSON, YAML

FILES: Mapping[str, Mapping[str, Make]] = {
    names.GIFT: GIFT,
    names.AIKEN: AIKEN,
    names.MARKDOWN: MARKDOWN,
    names.JSON: JSON,
    names.YAML: YAML,
    names.CSV: CSV,
    names.XLSX: XLSX,
    names.MOODLE_XML: MOODLE,
    names.QTI_2_1: {**QTI, **qti_packages("2p1")},
    names.QTI_2_2: qti_packages("2p2"),
    names.QTI_3_0: qti_packages("3p0"),
    names.CANVAS: {**CANVAS, **CANVAS_PACKAGES},
}

__all__ = ["FILES", "Make"]
