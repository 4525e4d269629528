"""Whom a Postgres login sees: one MSP, in a way that no SQL it runs can change.

Every view asks `review_msps()`. The function answers

- the store's own login (and who may act as it): every MSP;
- another login in a session with a permit: the MSP whose permit it is;
- another login without one: the only MSP there is, and an error where there are several.

A permit is a hash of the MSP's secret key, which the store keeps and no review login can read. Phasewise
looks it up with the store's login and sets it in the review session before the reviewer's SQL runs. That SQL
may call `set_config` as it likes: it cannot know another permit. A plain setting with the MSP's name, a role
taken by SET ROLE (`set_config('role', …)` is a function too), or a filter around the SQL would all be the
reviewer's to change. The views are security barriers, so that an error message cannot show a row that was
filtered out.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

PERMIT_SETTING = "phasewise.review_permit"

SCOPE_CONDITION = "body.msp_id = ANY (ARRAY(SELECT review_msps()))"

_PERMIT = "encode(sha256(convert_to('phasewise review:' || msp_id || ':' || requester_key, 'UTF8')), 'hex')"

_FUNCTION = """
CREATE OR REPLACE FUNCTION review_msps() RETURNS SETOF text
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    permit text := coalesce(current_setting('{setting}', true), '');
BEGIN
    IF pg_has_role(session_user, current_user, 'MEMBER') THEN
        RETURN QUERY SELECT msp_id FROM {schema}.msps;
    ELSIF permit <> '' THEN
        RETURN QUERY SELECT msp_id FROM {schema}.msps WHERE {hash} = permit;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'this is the permit of no MSP' USING ERRCODE = 'insufficient_privilege';
        END IF;
    ELSIF (SELECT count(*) FROM {schema}.msps) > 1 THEN
        RAISE EXCEPTION 'the store holds several MSPs, and this session has no permit for one of them'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Use phasewise sql --msp NAME';
    ELSE
        RETURN QUERY SELECT msp_id FROM {schema}.msps;
    END IF;
END
$$
"""


def scope_function(schema: str) -> str:
    """The CREATE FUNCTION of `review_msps()`.

    Args:
        schema: the store's schema, quoted.
    """
    return _FUNCTION.format(setting=PERMIT_SETTING, schema=schema, hash=_PERMIT)


def current_schema(connection: Connection) -> str:
    """The schema the store is in, quoted as SQL needs it."""
    found = connection.execute(text("SELECT quote_ident(current_schema())")).scalar_one()
    return str(found)


def review_permit(connection: Connection, msp_id: str) -> str:
    """The permit of an MSP, asked for with the store's own login."""
    query = text(f"SELECT {_PERMIT} FROM msps WHERE msp_id = :msp_id")  # noqa: S608  # a constant
    return str(connection.execute(query, {"msp_id": msp_id}).scalar_one())


def readers_of_views(connection: Connection) -> tuple[str, ...]:
    """Logins that may read a view now, beside the one that owns it."""
    rows = connection.execute(
        text(
            "SELECT DISTINCT grantee FROM information_schema.role_table_grants"
            " WHERE table_schema = current_schema() AND table_name LIKE 'v\\_%'"
            " AND privilege_type = 'SELECT' AND grantee <> current_user ORDER BY grantee"
        )
    )
    return tuple(rows.scalars())
