"""Across rooms, only the front doors: what the import linter's layers cannot say."""

import grimp
import pytest

ROOMS = ("accounts", "outbox", "candidates", "questions", "assessments", "hiring")
FRONT_DOORS = {"operations", "queries", "models", "enums", "signals", "rules", "registries"}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*ROOMS, "shell", exclude_type_checking_imports=True)


@pytest.mark.parametrize("room", [*ROOMS, "shell"])
def test_room_enters_others_through_their_front_doors(graph, room):
    entered = {
        f"{importer} -> {imported}"
        for importer in graph.modules
        if importer.split(".")[0] == room
        for imported in graph.find_modules_directly_imported_by(importer)
        if imported.split(".")[0] in ROOMS and imported.split(".")[0] != room
        if len(imported.split(".")) > 1 and imported.split(".")[1] not in FRONT_DOORS
    }

    assert entered == set()
