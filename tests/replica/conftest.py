"""A replica that runs, and a client that asks it."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import pytest

from newsarchive.replica.compose import compose
from newsarchive.replica.piece import Piece
from newsarchive.replica.server import Replica
from tests.conftest import PATIENCE


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Client:
    def __init__(self, replica: Replica) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(replica.url).netloc, timeout=PATIENCE)

    def get(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, quote(path, safe="/?=&()%"), body=body, headers=named)
        answer = self.connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


@pytest.fixture(scope="session")
def pieces() -> tuple[Piece, ...]:
    return tuple(compose())


@pytest.fixture
def replica(pieces: tuple[Piece, ...]) -> Iterator[Replica]:
    with Replica(pieces) as replica:
        yield replica


@pytest.fixture
def connect() -> Iterator[Callable[[Replica], Client]]:
    clients: list[Client] = []

    def connect(replica: Replica) -> Client:
        clients.append(Client(replica))
        return clients[-1]

    yield connect
    for client in clients:
        client.connection.close()


@pytest.fixture
def client(replica: Replica, connect: Callable[[Replica], Client]) -> Client:
    return connect(replica)
