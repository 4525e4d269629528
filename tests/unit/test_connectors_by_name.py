"""What finding a connector promises."""

from __future__ import annotations

import subprocess
import sys

import pytest

from phasewise.connectors import connector, connectors, find_connector
from phasewise.errors import ConfigError


def test_a_connector_is_found_by_its_name_as_the_listing_has_it() -> None:
    assert all(find_connector(name) is found for name, found in connectors().items())


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    assert find_connector("no_such") is None
    with pytest.raises(ConfigError, match='there is no connector "no_such"') as caught:
        connector("no_such")
    assert "files" in str(caught.value.remedy)


def test_who_reads_files_alone_never_waits_for_the_http_client() -> None:
    code = (
        "import sys; from phasewise.connectors import connector; connector('files');"
        "print('httpx' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
