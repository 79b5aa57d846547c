import os
import time
from pathlib import Path

from django.db import migrations


def fill(apps, schema_editor):
    """Write, say so, and wait for the file that lets it go on."""
    schema_editor.execute("INSERT INTO upgrade_half (id) VALUES (1)")
    schema_editor.execute("UPDATE accounts_user SET full_name = 'half upgraded'")
    print("in the middle", flush=True)
    while not Path(os.environ["GO_ON"]).exists():
        time.sleep(0.02)


class Migration(migrations.Migration):
    # SQLite has some that cannot be undone by itself; PostgreSQL's are wholly done or not at all.
    atomic = os.environ.get("DATABASE_URL", "").startswith("postgres")
    initial = True
    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.RunSQL("CREATE TABLE upgrade_half (id integer PRIMARY KEY)"),
        migrations.RunPython(fill),
    ]
