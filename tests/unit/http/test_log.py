"""No secret leaves the process, in whatever form it is written."""

from __future__ import annotations

import base64
import io
import json
import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasewise import log

SECRET = 'pa/ss+word="ß & 密\\key'
LONGER = SECRET + "-and-more"


@pytest.fixture(autouse=True)
def _clean_log() -> Iterator[None]:
    hooks = sys.excepthook, threading.excepthook
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    forms, pattern = set(log._forms), log._pattern
    yield
    sys.excepthook, threading.excepthook = hooks
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    log._forms.clear()
    log._forms.update(forms)
    log._pattern = pattern
    log._stream, log._level, log._form, log._structlog = None, 30, "auto", None


def written(text: str) -> list[str]:
    return [
        text,
        base64.b64encode(text.encode()).decode(),
        base64.urlsafe_b64encode(text.encode()).decode(),
        base64.b64encode(f"user:{text}".encode()).decode(),
        base64.b64encode(f"me:{text}:tail".encode()).decode(),
        base64.b64encode(f"a+{text}".encode()).decode(),
        quote(text, safe=""),
        quote(text),
        quote_plus(text),
        json.dumps(text),
        json.dumps(text, ensure_ascii=False),
        repr(text),
    ]


@pytest.mark.parametrize("form", written(SECRET))
def test_every_written_form_of_a_secret_is_masked(form: str) -> None:
    log.register_secret(SECRET)
    masked = log.redact(f"before {form} after")
    assert masked.startswith("before ")
    assert masked.endswith(" after")
    assert log.MASK in masked
    assert "word" not in masked
    assert base64.b64encode(SECRET.encode()).decode()[4:20] not in masked


def test_the_longest_secret_is_masked_first() -> None:
    log.register_secret(SECRET)
    log.register_secret(LONGER)
    assert log.redact(f"key={LONGER}.") == "key=***."
    assert log.redact(f"key={SECRET}.") == "key=***."


def test_a_value_too_short_to_mask_is_refused_and_blanks_out_nothing() -> None:
    assert not log.register_secret("abc")
    assert not log.register_secret("")
    assert log.redact("abc, abc") == "abc, abc"


@given(st.text(min_size=8, max_size=40), st.text(max_size=5), st.text(max_size=5))
def test_a_secret_inside_base64_never_survives_at_any_alignment(secret: str, before: str, after: str) -> None:
    encoded = base64.b64encode((before + secret + after).encode()).decode()
    cores = [form for form in log.written_forms(secret) if form in encoded]
    assert cores, "no known form of the secret is found in this encoding"
    # What is left around the longest core is less than one group on each side, beside the neighbours.
    longest = max(cores, key=len)
    assert len(longest) * 6 >= len(secret.encode()) * 8 - 2 * 8


def all_output(form: log.Form) -> str:
    stream = io.StringIO()
    log.configure(form=form, level="debug", stream=stream)
    log.register_secret(SECRET)
    events = log.Log("test")
    with log.bound(header=SECRET):
        events.info(
            "asked", url=f"https://x/?key={quote(SECRET, safe='')}", headers={"Authorization": SECRET}
        )
    try:
        int(SECRET)
    except ValueError:
        events.error("failed", exc_info=True)
        logging.getLogger("some.library").exception("failed with %s", SECRET)
    warnings.warn(f"careful with {SECRET}", stacklevel=1)
    sys.excepthook(ValueError, ValueError(SECRET), None)
    thread = threading.Thread(target=lambda: int(SECRET))
    thread.start()
    thread.join()
    return stream.getvalue()


@pytest.mark.parametrize("form", ["json", "terminal"])
@pytest.mark.filterwarnings("default")
def test_no_log_traceback_warning_or_uncaught_error_shows_a_secret(form: log.Form) -> None:
    output = all_output(form)
    for written_form in written(SECRET):
        assert written_form not in output
    assert output.count(log.MASK) >= 8
    assert "failed" in output


def test_json_logs_stay_json_after_masking() -> None:
    stream = io.StringIO()
    log.configure(form="json", level="info", stream=stream)
    log.register_secret(SECRET)
    log.Log("connectors.http").info("http.answer", body={"token": SECRET, "n": 1})
    event = json.loads(stream.getvalue())
    assert event["event"] == "http.answer"
    assert event["logger"] == "connectors.http"
    assert event["level"] == "info"
    assert event["body"] == {"token": "***", "n": 1}


def test_events_below_the_level_are_not_written() -> None:
    stream = io.StringIO()
    log.configure(form="json", level="warning", stream=stream)
    log.Log("test").info("quiet")
    assert stream.getvalue() == ""


def test_logs_go_to_standard_error_when_nothing_was_configured(capsys: pytest.CaptureFixture[str]) -> None:
    log.Log("test").warning("seen")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "seen" in captured.err


def test_importing_the_log_imports_no_structlog() -> None:
    code = (
        "import sys, phasewise.log; phasewise.log.Log('x').debug('y'); sys.exit('structlog' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
