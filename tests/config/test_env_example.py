"""`.env.example` is the operator's list of variables: complete, and without any that nothing reads."""

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
READS = re.compile(
    r"""[Ee]nv(?:\(\))?(?:\.\w+)?\(\s*"([A-Z_]+)"|(?:os\.environ\.get|given\.get)\(\s*"([A-Z_]+)\""""
)
# Not the operator's: set for Django itself, and by the supervisor of the embedded mode for its children.
OTHERS = {"DJANGO_SETTINGS_MODULE", "SITE_ADDRESS_FROM", "ONE_WORKER"}


def test_env_example_names_exactly_what_is_read():
    sources = list((PROJECT / "config").rglob("*.py"))
    read = {a or b for path in sources for a, b in READS.findall(path.read_text())} - OTHERS

    named = set(re.findall(r"^# ([A-Z_]+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE))

    assert named == read


def test_no_room_but_config_reads_the_environment():
    rooms = ("accounts", "outbox", "candidates", "questions", "assessments", "hiring", "rendering", "shell")
    sources = [path for room in rooms for path in (PROJECT / room).rglob("*.py")]

    assert [str(path) for path in sources if "os.environ" in path.read_text()] == []
