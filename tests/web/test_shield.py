"""Which host names are answered."""

from __future__ import annotations

import pytest

from newsarchive.web.shield import Hosts, is_loopback

HERE = """
127.0.0.1
127.0.0.1:8000
127.9.9.9
localhost
LOCALHOST:1
a.localhost
[::1]:8000
[::1]
""".strip().splitlines()
ELSEWHERE = """
evil.example
localhost.evil.example
127.0.0.1.evil.example:8000
10.0.0.1
[::2]
0x7f.1
2130706433
[
127.0.0.1@evil
""".splitlines()  # the first is empty


@pytest.mark.parametrize("host", HERE)
def test_this_machine_is_answered(host: str) -> None:
    assert Hosts().allows(host)


@pytest.mark.parametrize("host", ELSEWHERE)
def test_any_other_name_is_not(host: str) -> None:
    assert not Hosts().allows(host)


def test_a_server_for_others_answers_to_addresses_and_its_own_name() -> None:
    for bound in ("0.0.0.0", "::", "reading.example"):  # noqa: S104 - nothing is bound
        hosts = Hosts(bound)
        assert hosts.allows("192.168.1.5:8000")
        assert not hosts.allows("evil.example")
    assert Hosts("reading.example").allows("Reading.Example:8000")


def test_loopback_is_told_from_the_rest() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "::1", "localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "10.0.0.1", "name.example")))  # noqa: S104 - as above
