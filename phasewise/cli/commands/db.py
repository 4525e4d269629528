"""`phasewise db`: the tables of the store, where they stand and how they get to this release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from phasewise.cli import console

if TYPE_CHECKING:
    from phasewise.storage.migrations.upgrade import SchemaStatus, Upgrade
    from phasewise.storage.review_login import ReviewLogin

UPGRADE_NEEDED = 3
"""Exit code of `db status` when an upgrade is pending, as of every command that meets such a store."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="The tables of the store: where they stand, and their upgrade.", no_args_is_help=True
    )
    group.command("status")(status)
    group.command("upgrade")(upgrade)
    app.add_typer(group, name="db")


def status(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Say which revision the store has and which this release needs. Nothing is written.

    Exit code 3 when `phasewise db upgrade` is needed, or the store is of a newer release.
    """
    from phasewise.cli.opening import load
    from phasewise.storage.migrations import refuse_newer
    from phasewise.storage.migrations.upgrade import schema_status

    settings = load()
    found = schema_status(settings.store.url.get_secret_value())
    refuse_newer(found.stored, where=settings.store.shown)
    _tell_status(found, settings.store.shown, as_json=as_json)
    if found.stored is not None and found.pending:
        raise typer.Exit(UPGRADE_NEEDED)


def upgrade(
    review_role: Annotated[
        str | None,
        typer.Option(
            help="Postgres: make the read-only login that `phasewise sql` uses; its password is shown once.",
            metavar="NAME",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Bring the store to this release: all that is pending, or nothing. A SQLite file is copied first.

    Makes the store where there is none, and the views anew. Doing it again changes nothing.
    """
    from phasewise.cli.opening import load, now
    from phasewise.storage.migrations.upgrade import upgrade as upgrade_store
    from phasewise.storage.review_login import check_review_login, make_review_login

    settings = load()
    url = settings.store.url.get_secret_value()
    if review_role is not None:
        check_review_login(url, review_role)
    done = upgrade_store(url, now=now())
    login = make_review_login(url, review_role) if review_role is not None else None
    _tell_upgrade(done, login, settings.store.shown, as_json=as_json)


def _tell_status(found: SchemaStatus, shown: str, *, as_json: bool) -> None:
    if as_json:
        console.print_json(
            {
                "store": shown,
                "revision": found.stored,
                "newest": found.newest,
                "pending": list(found.pending),
                "backups": [str(path) for path in found.backups],
            }
        )
        return
    console.say(f"Store:    {shown}")
    if found.stored is None:
        console.say("Revision: none yet; `phasewise sync` makes the store")
        return
    console.say(f"Revision: {found.stored}")
    console.say(f"Pending:  {', '.join(found.pending) or 'nothing'}")
    if found.pending:
        console.say("Run `phasewise db upgrade`")
    for path in found.backups:
        console.say(f"Backup:   {path}")


def _tell_upgrade(done: Upgrade, login: ReviewLogin | None, shown: str, *, as_json: bool) -> None:
    if as_json:
        console.print_json(
            {
                "store": shown,
                "before": done.before,
                "revision": done.after,
                "applied": list(done.applied),
                "backup": None if done.backup is None else str(done.backup),
                "review_login": None if login is None else {"name": login.name, "url": login.url},
            }
        )
        return
    if done.before is None:
        console.say(f"Made the store {shown} with revision {done.after}")
    elif done.applied:
        console.say(f"Upgraded {shown} from revision {done.before} to {done.after}")
    else:
        console.say(f"{shown} has revision {done.after}; nothing to upgrade, the views were made anew")
    if done.backup is not None:
        console.say(f"Backup of the file from before: {done.backup}")
    if login is not None:
        _tell_login(login)


def _tell_login(login: ReviewLogin) -> None:
    if login.url is None:
        console.say(f"The login {login.name} was there: its rights are renewed, its password is as it was")
        return
    console.say(f"Made the login {login.name}. Its address, with the password, is shown only now:")
    console.say(f"  {login.url}")
    console.say(
        'Keep it in a file or a variable, and write review_url = "file:PATH" (or env:NAME) in [store]'
    )
