"""The host's end of a serial line: what is sent without being lost."""

import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import serial

from tinysim.links import Port, PtyPort, TcpPort


def _soon(what: Callable[[], bool]) -> bool:
    until = time.monotonic() + 5
    while not (done := what()) and time.monotonic() < until:
        time.sleep(0.01)
    return done


def _fill(port: Port) -> int:
    """Offer until nothing more fits; how many bytes did."""
    sent = 0
    for _ in range(10_000):
        taken = port.offer(b"x" * 4096)
        sent += taken
        if not taken:
            return sent
    pytest.fail("there was always room")


def test_a_pseudo_terminal_says_what_its_client_has_not_read(tmp_path: Path) -> None:
    port = PtyPort(tmp_path / "tty")
    with serial.Serial(str(tmp_path / "tty"), 115200, timeout=1) as client:
        assert port.offer(b"1234567890") == 10
        assert _soon(lambda: port.unread() == 10)
        assert client.read(4) == b"1234"
        assert port.unread() == 6
        client.read(6)
        sent = _fill(port)
        assert sent > 1000
        read = b""
        while len(read) < sent:
            data = client.read(sent - len(read))
            assert data
            read += data
        assert port.unread() == 0
    port.close()


def test_tcp_takes_no_more_than_there_is_room_for() -> None:
    port = TcpPort(0)
    assert port.offer(b"nobody") == 6  # as on a cable without a reader
    address = port.name.removeprefix("socket://").split(":")
    with socket.create_connection((address[0], int(address[1]))) as client:
        port.read(1)
        sent = _fill(port)
        assert port.unread() > 0
        read = 0
        while read < sent:
            read += len(client.recv(1 << 20))
        assert _soon(lambda: port.unread() == 0)
    port.close()
