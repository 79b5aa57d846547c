"""Files of people as colleagues bring them in: uploaded, told what their columns are, checked, imported."""

from hiring import operations
from outbox.operations import run_due_work
from tests.factories.accounts import NOW
from tests.factories.hiring import SYSTEM, make_read_file

WITH_IDS = "name,email,id,phone,tags,source\n" + "".join(
    f"Person {n},person{n}@example.com,X{n},+49 30 12345{n},python,agency\n" for n in range(3)
)
IDS = dict(zip("ABCDEF", ("name", "email", "external_id", "phone", "tags", "source"), strict=True))


def check(job, text, mapping, *, by=SYSTEM):
    read = make_read_file(job, by=by, text=text)
    return done(operations.queue_check(read=read, mapping=mapping, by=by, now=NOW))


def done(work):
    while run_due_work(now=NOW):
        pass
    work.refresh_from_db()
    return work


def bring(job, text, mapping, *, by=SYSTEM):
    """Check and import, and return the result."""
    checked = check(job, text, mapping, by=by)
    assert checked.result["ok"], checked.result["problems"]
    return done(operations.confirm_import(check=checked, by=by, now=NOW)).result


def places(rows):
    return [(row["row"], row["column"]) for row in rows]
