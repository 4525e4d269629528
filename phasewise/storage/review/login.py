"""What a login of Postgres may do: a review takes one that can only read the views."""

from __future__ import annotations

from typing import Any

import psycopg

from phasewise.errors import ReviewError

# One row a power that the login has and a review must not have. The database itself is asked, so that what
# was granted to PUBLIC or by hand counts as well.
_POWERS = """
SELECT 'it is a superuser' FROM pg_roles WHERE rolname = session_user AND rolsuper
UNION ALL
SELECT 'it may make logins, databases or replicas' FROM pg_roles
WHERE rolname = session_user AND (rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)
UNION ALL
SELECT 'it is a member of ' || string_agg(r.rolname, ', ' ORDER BY r.rolname)
FROM pg_auth_members AS m JOIN pg_roles AS r ON r.oid = m.roleid JOIN pg_roles AS l ON l.oid = m.member
WHERE l.rolname = session_user HAVING count(*) > 0
UNION ALL
SELECT 'it may create in the schema of the store' WHERE has_schema_privilege(%(schema)s, 'CREATE')
UNION ALL
SELECT 'it owns ' || string_agg(c.relname, ', ' ORDER BY c.relname)
FROM pg_class AS c JOIN pg_roles AS r ON r.oid = c.relowner WHERE r.rolname = session_user HAVING count(*) > 0
UNION ALL
SELECT 'it may read or write ' || string_agg(relname, ', ' ORDER BY relname) FROM (
    SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%%'
        AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND CASE WHEN c.relkind = 'v' AND c.relname LIKE 'v\\_%%' AND n.nspname = %(schema)s
            THEN has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')
            ELSE has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER') END
    ORDER BY c.relname LIMIT 5
) AS others HAVING count(*) > 0
"""


def powers(connection: psycopg.Connection[tuple[Any, ...]], schema: str) -> list[str]:
    """What the login of a connection may do beside reading the views of a schema; sentences, none for good.

    Args:
        connection: a session of the login.
        schema: name of the store's schema, quoted where SQL needs it.
    """
    name = schema[1:-1].replace('""', '"') if schema.startswith('"') else schema
    return [str(row[0]) for row in connection.execute(_POWERS, {"schema": name})]


def need_harmless(connection: psycopg.Connection[tuple[Any, ...]], schema: str) -> None:
    """Refuse a login that may do more than read the views.

    Raises:
        ReviewError: with everything it may do.
    """
    found = powers(connection, schema)
    if found:
        raise ReviewError(
            f"the review login may do more than read the views: {'; '.join(found)}",
            where="[store] review_url",
            remedy="Run `phasewise db upgrade --review-role NAME` and use the login it makes",
        )
