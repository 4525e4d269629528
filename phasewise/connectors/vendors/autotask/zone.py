"""In which of Autotask's zones the API user lives. Found out, never guessed, and again when it moves."""

from __future__ import annotations

from urllib.parse import urlsplit

from phasewise.connectors.answers import CHANGED
from phasewise.connectors.http import HttpClient
from phasewise.errors import AuthError, ContractError

INTERFACE = "/ATServicesRest"
VERSION = "/V1.0"
VENDOR_HOST = ".autotask.net"


def find_zone(client: HttpClient, user: str) -> tuple[str, str]:
    """Address of the interface in the user's zone, and the zone's name.

    Autotask answers an unknown user with 500 and a list of errors; no key is sent with the question.

    Args:
        client: of the place where zones are told, without any key.
        user: the API user.

    Raises:
        AuthError: nobody knows this user.
        ContractError: the answer names no address, or one of another company.
    """
    answer = client.get_json(f"{INTERFACE}{VERSION}/ZoneInformation", query={"user": user}, allow=(500,))
    body = answer.body if isinstance(answer.body, dict) else {}
    if answer.status == 500 and not body.get("errors"):
        # The vendor's own failure: asked again, with the patience that failures get.
        answer = client.get_json(f"{INTERFACE}{VERSION}/ZoneInformation", query={"user": user})
        body = answer.body if isinstance(answer.body, dict) else {}
    if body.get("errors"):
        raise AuthError(
            "Autotask knows no zone for this user",
            where=answer.where,
            remedy="Check `user` in the settings: the Username (key) of the API user, an e-mail address",
        )
    url = body.get("url")
    if not isinstance(url, str) or not _is_trusted(url, client.base_url):
        raise ContractError(
            f"the answer names no address of Autotask: {str(url)[:80]}", where=answer.where, remedy=CHANGED
        )
    return url.rstrip("/"), str(body.get("zoneName") or "unnamed zone")


def _is_trusted(url: str, asked: str) -> bool:
    """Our key goes to Autotask's own hosts, or to the host of the settings, and to no other one."""
    there, here = urlsplit(url), urlsplit(asked)
    if (there.scheme, there.netloc) == (here.scheme, here.netloc):
        return True
    host = there.hostname or ""
    return there.scheme == "https" and host.endswith(VENDOR_HOST) and "@" not in there.netloc
