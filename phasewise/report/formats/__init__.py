"""One file a format. Each defines `render(report, layout)`; a format is found by being here, by its name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

from phasewise.errors import ReportError
from phasewise.report.layout import Layout
from phasewise.report.model import Report

Renderer = Callable[[Report, Layout], str]


@cache
def formats() -> Mapping[str, Renderer]:
    """Every format by name, sorted."""
    names = sorted(info.name for info in pkgutil.iter_modules(__path__))
    return MappingProxyType({name: importlib.import_module(f"{__name__}.{name}").render for name in names})


def renderer(name: str) -> Renderer:
    """The format of that name.

    Raises:
        ReportError: there is none; the message lists those there are.
    """
    if name not in formats():
        raise ReportError(
            f'there is no report format "{name}"', where="--format", remedy=f"Known: {', '.join(formats())}"
        )
    return formats()[name]
