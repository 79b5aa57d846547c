"""Starting for real as an operator does it: on the files of a demo that has run."""

import shutil
import sqlite3
import subprocess
import sys

from hiring.management.sample_company.cast import COLLEAGUES, DOMAIN, PEOPLE
from tests.servers.processes import PROJECT, RunningSystem

# What the pages' files and the running processes themselves need is not data.
NOT_DATA = shutil.ignore_patterns("static", "lock", "running.json", "*.sqlite3*")
NAMES = [name for name, _address, _zone in PEOPLE] + [one.name for one in COLLEAGUES]
NEEDLES = [*NAMES, *(address for _name, address, _zone in PEOPLE), DOMAIN]


def copy_of(system: RunningSystem, folder) -> None:
    """Copy the data of a running demo, its database as of one moment."""
    shutil.copytree(system.data_dir, folder, ignore=NOT_DATA)
    with (
        sqlite3.connect(system.data_dir / "shortlist.sqlite3") as source,
        sqlite3.connect(folder / "shortlist.sqlite3") as target,
    ):
        source.backup(target)
    source.close()
    target.close()


def run(folder, *command: str, system: RunningSystem, **environment: str):
    return subprocess.run(
        [sys.executable, *command],
        env=system.environment | {"DATA_DIR": str(folder)} | environment,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=120,
    )


def files_that_name_somebody(folder) -> dict[str, list[str]]:
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            hits = [needle for needle in NEEDLES if needle.encode() in content]
            if hits:
                found[path.relative_to(folder).as_posix()] = hits
    return found


def test_no_file_of_the_demo_names_a_sample_person_afterwards_and_only_make_run_opens_it(
    embedded_system, tmp_path
):
    folder = tmp_path / "demo"
    copy_of(embedded_system, folder)
    backed_up = run(folder, "manage.py", "backup", system=embedded_system)
    assert backed_up.returncode == 0, backed_up.stderr
    before = files_that_name_somebody(folder)
    assert len(before["shortlist.sqlite3"]) == len(NEEDLES)
    assert "keys/demo_logins.json" in before

    done = run(folder, "manage.py", "clear_sample_company", system=embedded_system)

    assert done.returncode == 0, done.stderr
    assert f"DATA_DIR={folder} make run" in done.stdout
    assert files_that_name_somebody(folder) == {}
    refused = run(folder, "-m", "config.embedded", "demo", system=embedded_system, PORT="1")
    assert refused.returncode == 1
    assert "holds real data; 'make demo' is for sample data" in refused.stderr
    assert f"DATA_DIR={folder} make run" in refused.stderr
    assert (folder / "mode").read_text() == "run\n"

    # As if the process had been killed between the rows and the folder: the next start founds nothing.
    (folder / "mode").write_text("demo\n")
    (folder / "keys" / "demo_logins.json").write_text("[]")
    prepare = ("manage.py", "prepare_embedded", "demo", "--result", str(tmp_path / "result"))
    prepared = run(folder, *prepare, system=embedded_system)
    assert prepared.returncode == 1
    assert "The sample company was cleared away here." in prepared.stderr
    assert not (folder / "keys" / "demo_logins.json").exists()
    assert (folder / "mode").read_text() == "run\n"
    assert files_that_name_somebody(folder) == {}
