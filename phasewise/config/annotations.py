"""Which kind of value a settings model wants at a path: asked before the model itself validates.

A model can say that a value is wrong, but not that it may not be written in a file, that it is a path
relative to that file, or which key was meant. For that its annotations are read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from pathlib import Path, PurePath
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, RootModel, SecretBytes, SecretStr
from typing_extensions import TypeAliasType

Location = tuple[str | int, ...]
"""Path to a value: keys of tables and indexes of lists."""
Arms = tuple[Any, ...]
"""The alternatives that an annotation allows, one for every member of its unions."""
Kind = Literal["secret", "path", "plain"]


def arms(annotation: Any) -> Arms:
    """The alternatives of an annotation, without aliases, `Annotated` and root models."""
    if isinstance(annotation, TypeAliasType):
        return arms(annotation.__value__)
    origin = get_origin(annotation)
    if origin is Annotated:
        return arms(get_args(annotation)[0])
    if origin is Union or origin is UnionType:
        return tuple(arm for member in get_args(annotation) for arm in arms(member))
    if isinstance(annotation, type) and issubclass(annotation, RootModel):
        return arms(annotation.model_fields["root"].annotation)
    return (annotation,)


def below(alternatives: Arms, step: str | int) -> Arms:
    """The alternatives of what stands under a key or an index; none where nothing is known."""
    return tuple(arm for alternative in alternatives for arm in _below(alternative, step))


def _below(annotation: Any, step: str | int) -> Arms:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            if step in {name, field.alias, field.validation_alias}:
                return arms(field.annotation)
        return ()
    origin, args = get_origin(annotation), get_args(annotation)
    if not isinstance(origin, type) or not args:
        return ()
    if isinstance(step, str):
        return arms(args[1]) if issubclass(origin, Mapping) else ()
    if issubclass(origin, tuple) and args[-1] is not Ellipsis:
        return arms(args[step]) if step < len(args) else ()
    return arms(args[0]) if issubclass(origin, Sequence | Set) else ()


def at(alternatives: Arms, location: Location) -> Arms:
    """The alternatives of what stands at a path."""
    for step in location:
        alternatives = below(alternatives, step)
    return alternatives


def kind(alternatives: Arms) -> Kind:
    """Whether a secret, a path or something plain is wanted."""
    types = [a for a in alternatives if isinstance(a, type)]
    if any(issubclass(t, SecretStr | SecretBytes) for t in types):
        return "secret"
    return "path" if any(issubclass(t, PurePath) for t in types) else "plain"


def keys(alternatives: Arms) -> tuple[str, ...]:
    """The keys that a table may have here, in the models' order."""
    models = [a for a in alternatives if isinstance(a, type) and issubclass(a, BaseModel)]
    return tuple(dict.fromkeys(field.alias or name for m in models for name, field in m.model_fields.items()))


def described(alternatives: Arms, name: str) -> str:
    """What the models say of a key of theirs, "" when they say nothing."""
    for model in alternatives:
        if isinstance(model, type) and issubclass(model, BaseModel) and name in model.model_fields:
            return model.model_fields[name].description or ""
    return ""


Visit = Callable[[Location, Kind, Any], Any]


def rebuild(value: Any, alternatives: Arms, visit: Visit, location: Location = ()) -> Any:
    """The value with every leaf replaced by what `visit(path, kind, leaf)` gives; keys stay as they are."""
    if isinstance(value, dict):
        return {
            k: rebuild(v, below(alternatives, str(k)), visit, (*location, str(k))) for k, v in value.items()
        }
    if isinstance(value, list):
        return [rebuild(v, below(alternatives, i), visit, (*location, i)) for i, v in enumerate(value)]
    return visit(location, kind(alternatives), value)


def absolute(text: str, base: Path) -> str:
    """A path of the settings made absolute: `~` is the home folder, else it is relative to `base`."""
    return str(base / Path(text).expanduser())
