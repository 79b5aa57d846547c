"""Python runs this first in every process that has its folder on PYTHONPATH: SQLite's writes are recorded there."""

import os

if os.environ.get("RECORDED_DATABASE"):
    # The folder of this file is all that is on the path so early.
    import recorder  # type: ignore[import-not-found]

    recorder.record(os.environ["RECORDED_DATABASE"], os.environ["RECORDED_IN"])
