import logging
import sys

import pytest

from shell.logs import RedactFilter

TOKEN = "abcdefghjkmnpqrs.AbCdEfGhIjKlMnOpQrSt_-"


def written(message, *arguments, exc_info=None):
    """The line as the handler of the settings writes it."""
    record = logging.LogRecord("test", logging.ERROR, __file__, 1, message, arguments, exc_info)
    RedactFilter().filter(record)
    return logging.Formatter("{levelname} {message}", style="{").format(record)


@pytest.mark.parametrize("secret", [TOKEN, "ada@example.com", "sl_abcdefghjkmnpqrs_AbCdEfGhIjKlMnOpQrStUv"])
def test_case_42_token_logs_no_token_key_or_address_is_written(secret):
    assert secret not in written("Opened %s twice", secret)
    assert written("Opened %s twice", secret).endswith(" twice")


def test_case_42_token_logs_nor_in_a_traceback():
    try:
        raise ValueError(f"no {TOKEN} for ada@example.com")
    except ValueError:
        line = written("Message %s could not be prepared.", 7, exc_info=sys.exc_info())

    assert "Message 7 could not be prepared." in line
    assert "ValueError: no [link] for [address]" in line


def test_case_13_log_injection_a_record_stays_one_line():
    assert "\n" not in written("Looked for %s", "a\nERROR forged\x1b[31m\r")
    assert "\x1b" not in written("Looked for %s", "\x1b[31m")


def test_case_13_log_injection_lines_of_an_exception_do_not_pose_as_records():
    try:
        raise ValueError("a\nERROR forged")
    except ValueError:
        lines = written("Fixed words.", exc_info=sys.exc_info()).splitlines()

    assert [line for line in lines if line.startswith("ERROR")] == ["ERROR Fixed words."]
