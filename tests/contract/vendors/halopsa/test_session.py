"""How a connection finds its way in: where tokens are handed out, what is sent there, and what is not."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from phasewise.connectors.vendors.halopsa import CONNECTOR
from phasewise.errors import AuthError, ContractError, UnavailableError
from phasewise.testing.world import Asked, Reply
from tests.contract.vendors.halopsa import items
from tests.contract.vendors.halopsa.halo import SECRET, Halo, desk


def test_it_is_looked_up_where_tokens_are_handed_out_and_for_which_tenant() -> None:
    halo = Halo()
    halo.lists["/Agent"] = [items.make_agent(1)]
    with desk(halo) as here:
        assert here.server.asked == []  # opening asks nothing
        assert len(here.payloads("technicians")) == 1
        here.payloads("technicians")
        first, second, *rest = here.server.asked
    assert (first.path, first.headers.get("authorization")) == ("/api/AuthInfo", None)
    assert (second.method, second.path, second.query["tenant"]) == ("POST", "/auth/token", "acme")
    assert second.body == {
        "grant_type": "client_credentials",
        "client_id": "phasewise",
        "client_secret": SECRET,
        "scope": "all",
    }
    assert [asked.path for asked in rest] == ["/api/Agent", "/api/Agent"]


def test_the_settings_say_the_tenant_the_server_and_the_scope() -> None:
    halo = Halo()
    with desk(halo, tenant="other", scope="read:tickets") as here:
        here.payloads("technicians")
        token = next(a for a in here.server.asked if a.path == "/auth/token")
    assert (token.query["tenant"], token.body["scope"]) == ("other", "read:tickets")
    with desk(Halo()) as here:
        url = here.server.url
        settings = here.settings.model_copy(update={"auth_url": f"{url}/auth/"})
        with CONNECTOR.open(settings) as client:
            assert client.get("/Agent").status == 200
        assert here.asked("/AuthInfo") == []
        assert "tenant" not in next(a for a in here.server.asked if a.path == "/auth/token").query


def test_our_secret_is_not_sent_to_a_host_that_halo_names() -> None:
    stranger = Halo()
    with desk(stranger) as elsewhere:
        halo = Halo(auth_url=f"{elsewhere.server.url}/auth")
        with desk(halo) as here, pytest.raises(AuthError, match="another host") as refused:
            here.payloads("technicians")
        assert elsewhere.server.asked == []
    assert "auth_url" in refused.value.remedy


def test_a_halo_that_does_not_say_where_is_an_error_that_says_what_to_write() -> None:
    with desk(Halo(auth_url="")) as here, pytest.raises(ContractError, match="does not say where"):
        here.payloads("technicians")


def test_a_wrong_secret_is_an_auth_error_and_shows_nothing() -> None:
    with desk(Halo(), client_secret="wr0ng-secret") as here, pytest.raises(AuthError) as refused:
        here.payloads("technicians")
    assert "no token" in str(refused.value)
    assert "wr0ng" not in repr(vars(refused.value))


def test_a_wrong_address_is_no_login() -> None:
    def somebody_else(_asked: Asked) -> Reply:
        return Reply(b"<html>Welcome</html>", headers={"Content-Type": "text/html"})

    with desk(Halo(instead=somebody_else)) as here, pytest.raises(ContractError, match="web page"):
        here.payloads("technicians")


def test_a_maintenance_window_is_for_later() -> None:
    def down(_asked: Asked) -> Reply:
        return Reply(b"<html>Back soon</html>", 503, {"Content-Type": "text/html"})

    with desk(Halo(instead=down)) as here, pytest.raises(UnavailableError):
        here.payloads("technicians")


@pytest.mark.parametrize("base", ["{url}", "{url}/", "{url}/api", "{url}/api/"])
def test_the_address_is_taken_with_and_without_the_path_of_the_interface(base: str) -> None:
    with desk(Halo()) as here:
        settings = here.settings.model_copy(update={"base_url": base.format(url=here.server.url)})
        with CONNECTOR.open(settings) as client:
            assert client.get("/Agent").status == 200


def test_halos_limit_is_a_budget_of_five_minutes() -> None:
    with desk(Halo(), requests_in_5_minutes=10, auth_url="http://127.0.0.1:9/auth") as here:
        names = [(rule.requests, rule.window_seconds, rule.concurrent) for rule in here.client._budget.rules]
    assert names == [(10, 300, None), (None, 60.0, 2)]
    assert urlsplit(here.server.url).hostname == "127.0.0.1"
    halo = Halo()
    with desk(halo, requests_in_5_minutes=10) as here:
        for _ in range(12):
            here.payloads("technicians")
        assert here.clock.monotonic() >= 290
