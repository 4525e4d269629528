"""Migrations: they make what the metadata draws, all or nothing, and keep what was there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, make_url, text

from phasewise.errors import SchemaError, StoreError
from phasewise.storage.databases import make_engine, parse_url
from phasewise.storage.engine import Store, open_store
from phasewise.storage.migrations import FOLDER, refuse_older, revisions
from phasewise.storage.migrations.upgrade import schema_status, upgrade
from phasewise.storage.msps import register_msp
from phasewise.storage.tables import metadata
from tests.conftest import NOW

ADDS_A_TABLE = """
import sqlalchemy as sa
from alembic import op

revision = "9998"
down_revision = "{before}"


def upgrade() -> None:
    op.create_table("added", sa.Column("msp_id", sa.Text, primary_key=True))
    op.add_column("msps", sa.Column("nickname", sa.Text))
"""

BREAKS_HALF_WAY = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "9998"


def upgrade() -> None:
    op.drop_column("tickets", "queue")
    op.create_table("tickets", sa.Column("msp_id", sa.Text, primary_key=True))
"""


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """A release with one revision more."""
    folder = tmp_path / "later"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    revision = ADDS_A_TABLE.format(before=revisions()[-1])
    (folder / "versions" / "v9998_add_a_table.py").write_text(revision)
    return folder


def test_all_revisions_in_turn_equal_the_drawn_tables(any_store: Store) -> None:
    with any_store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_keys_and_indexes_have_the_drawn_names(any_store: Store) -> None:
    found = inspect(any_store.engine)
    for table in metadata.sorted_tables:
        assert found.get_pk_constraint(table.name)["name"] in (f"pk_{table.name}", None)
        assert {i["name"] for i in found.get_indexes(table.name) if "duplicates_constraint" not in i} == {
            index.name for index in table.indexes
        }


@pytest.mark.postgres
def test_every_text_column_compares_by_bytes(postgres_store: Store) -> None:
    query = text(
        "SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables"
        " USING (table_schema, table_name) WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        " AND table_name <> 'alembic_version' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'"
    )
    with postgres_store.engine.connect() as connection:
        assert connection.execute(query).all() == []


def test_alembic_and_the_list_of_revisions_agree() -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    assert [r.revision for r in reversed(list(script.walk_revisions()))] == list(revisions())


def test_upgrading_twice_changes_nothing(any_url: str) -> None:
    first = upgrade(any_url, now=NOW)
    again = upgrade(any_url, now=NOW)
    assert (first.before, first.applied) == (None, revisions())
    assert (again.before, again.applied, again.backup) == (revisions()[-1], (), None)


def test_an_upgrade_keeps_rows_and_brings_the_views_back(any_store: Store, later: Path) -> None:
    register_msp(any_store, msp_id="acme", name="Acme IT", zone="UTC", currency="EUR", now=NOW)
    views = set(inspect(any_store.engine).get_view_names())
    any_store.close()
    done = upgrade(any_store.url, now=NOW, folder=later)
    assert done.applied == ("9998",)
    assert set(inspect(any_store.engine).get_view_names()) == views != set()
    with any_store.engine.connect() as connection:
        assert connection.execute(text("SELECT msp_id, nickname FROM msps")).all() == [("acme", None)]
        connection.execute(text("SELECT * FROM added"))


def test_a_sqlite_file_is_copied_before_it_is_upgraded(sqlite_store: Store, later: Path) -> None:
    register_msp(sqlite_store, msp_id="acme", name="Acme IT", zone="UTC", currency="EUR", now=NOW)
    sqlite_store.close()
    done = upgrade(sqlite_store.url, now=NOW, folder=later)
    assert done.backup is not None
    assert done.backup.name == "phasewise.db.before-9998-20260302T041500Z"
    with open_store(f"sqlite:///{done.backup}", now=NOW) as before:
        assert before.msp_ids() == ["acme"]
    assert schema_status(f"sqlite:///{done.backup}").stored == revisions()[-1]


def test_a_migration_that_fails_half_way_leaves_the_store_as_it_was(any_store: Store, later: Path) -> None:
    (later / "versions" / "v9999_break_half_way.py").write_text(BREAKS_HALF_WAY)
    register_msp(any_store, msp_id="acme", name="Acme IT", zone="UTC", currency="EUR", now=NOW)
    any_store.close()
    with pytest.raises(StoreError, match=r"the upgrade to revision 9999 failed.*Nothing was changed"):
        upgrade(any_store.url, now=NOW, folder=later)
    with open_store(any_store.url, now=NOW) as store:
        assert store.msp_ids() == ["acme"]
        found = inspect(store.engine)
        assert "added" not in found.get_table_names()
        assert "queue" in {column["name"] for column in found.get_columns("tickets")}
        assert "v_tickets" in found.get_view_names()


def test_a_store_of_an_older_release_says_how_to_upgrade(later: Path) -> None:
    with pytest.raises(SchemaError, match=r"this release needs 9998.*phasewise db upgrade"):
        refuse_older(revisions()[-1], where="store", folder=later)


def test_the_status_names_what_is_pending_and_the_backups(sqlite_url: str, later: Path) -> None:
    assert schema_status(sqlite_url).stored is None
    assert not Path(str(make_url(sqlite_url).database)).exists()
    upgrade(sqlite_url, now=NOW)
    assert schema_status(sqlite_url).pending == ()
    backup = upgrade(sqlite_url, now=NOW, folder=later).backup
    assert schema_status(sqlite_url).backups == (backup,)


@pytest.mark.postgres
def test_who_could_read_the_views_still_can_after_an_upgrade(
    postgres_store: Store, later: Path, postgres_server: str
) -> None:
    engine = make_engine(parse_url(postgres_server), busy_timeout_seconds=5)
    with engine.begin() as connection:
        connection.execute(text("DROP ROLE IF EXISTS an_auditor"))
        connection.execute(text("CREATE ROLE an_auditor"))
    engine.dispose()
    with postgres_store.engine.begin() as connection:
        connection.execute(text("GRANT SELECT ON v_tickets TO an_auditor"))
    upgrade(postgres_store.url, now=NOW, folder=later)
    query = text("SELECT has_table_privilege('an_auditor', 'v_tickets', 'SELECT')")
    with postgres_store.engine.connect() as connection:
        assert connection.execute(query).scalar_one() is True


def test_two_processes_may_make_the_store_at_once(any_url: str) -> None:
    """Threads stand for the processes: each has its own engine and connections."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: upgrade(any_url, now=NOW), range(4)))
    assert sorted(d.before is None for d in done) == [False, False, False, True]
