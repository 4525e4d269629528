"""Settings written to a folder of their own, and a connector of another package that wants secrets."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from phasewise.config.settings import Settings, load_settings
from phasewise.connectors import connectors
from phasewise.errors import ConfigError, Mistake

MSP = """
[msps.acme]
zone = "Europe/Madrid"
currency = "EUR"
"""

VENDOR = '''
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from phasewise.connectors.base import CheckResult, Connector


def _loud(value):
    """A careless validator that quotes what it got."""
    if "loud" in value:
        raise ValueError(f"{value} is too loud")
    return value


class Token(BaseModel):
    model_config = ConfigDict(extra="forbid")
    header: str
    value: SecretStr


class VendorSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    base_url: Annotated[str, AfterValidator(_loud)] = "https://vendor.example"
    client_id: str = Field(description="Who we are there.")
    client_secret: SecretStr = Field(description="Its secret.")
    port: int = 443
    folder: Path | None = None
    tokens: tuple[Token, ...] = ()
    extra: dict[str, str] = {}


CONNECTOR = Connector(
    name="vendor", title="A vendor", kind="psa", settings=VendorSettings,
    open=nullcontext, streams=lambda _: (), check=lambda *_: CheckResult("nobody"),
)
'''


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a settings file and gives its path."""

    def written(text: str) -> Path:
        path = tmp_path / "phasewise.toml"
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    return written


@pytest.fixture
def load(write: Callable[[str], Path]) -> Callable[..., Settings]:
    """Loads settings from text, with the environment given as keywords."""

    def loaded(text: str, **environ: str) -> Settings:
        return load_settings(write(text), environ)

    return loaded


@pytest.fixture
def mistakes(write: Callable[[str], Path]) -> Callable[..., dict[str, Mistake]]:
    """The mistakes in settings, by path."""

    def found(text: str, **environ: str) -> dict[str, Mistake]:
        with pytest.raises(ConfigError) as caught:
            load_settings(write(text), environ)
        paths = [m.path for m in caught.value.mistakes]
        assert len(set(paths)) == len(paths), "a path is reported twice"
        return {m.path: m for m in caught.value.mistakes}

    return found


@pytest.fixture
def vendor(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The connector `vendor`, as an installed package offers it."""
    site = tmp_path_factory.mktemp("site")
    (site / "acme_vendor.py").write_text(VENDOR, encoding="utf-8")
    info = site / "acme_vendor-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: acme-vendor\nVersion: 1.0\n", encoding="utf-8"
    )
    (info / "entry_points.txt").write_text(
        "[phasewise.connectors]\nvendor = acme_vendor:CONNECTOR\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(str(site))
    connectors.cache_clear()
    yield
    connectors.cache_clear()
    sys.modules.pop("acme_vendor", None)
