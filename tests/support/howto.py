"""Does a page on a vendor show settings that are settings, and name none that is not there?"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from phasewise.connectors.base import Connector

HOWTO = Path(__file__).parents[2] / "docs" / "howto"


def expect_true_settings(connector: Connector, **secrets: Any) -> str:
    """Hold the page of a connector to its settings.

    Args:
        connector: the connector; its page is named after it.
        secrets: values in place of the references that the page shows.

    Returns:
        The page's text, for what else it must say.
    """
    page = HOWTO / f"connect-{connector.name.replace('_', '-')}.md"
    text = page.read_text(encoding="utf-8")
    block = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)[0]
    (written,) = tomllib.loads(block)["connections"].values()
    assert written["connector"] == connector.name
    connector.settings.model_validate({**written["settings"], **secrets})
    named = set(re.findall(r"^- `(\w+)", text.partition("Further settings")[2], re.MULTILINE))
    assert named, f"{page.name} names no further settings"
    assert named <= set(connector.settings.model_fields)
    return text
