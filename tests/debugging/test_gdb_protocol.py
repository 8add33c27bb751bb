"""What a client may send that gdb does not: the server answers, and goes on."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.assembly import assemble
from tests.execution import programs
from tinysim.debugging.gdb_server import GdbServer
from tinysim.debugging.packets import Packets
from tinysim.execution import Execution
from tinysim.image import load_image
from tinysim.platform import load_board


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Packets]:
    path = tmp_path / "program.bin"
    path.write_bytes(assemble(tmp_path, programs.ECHO_BUTTON))
    run = Execution(load_board(), load_image(path), {"debugger": True})
    server = GdbServer(run, 0, rewind=True)
    ended = threading.Event()
    thread = threading.Thread(target=server.serve, args=(ended.is_set,))
    thread.start()
    try:
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            yield Packets(connection)
    finally:
        ended.set()
        thread.join()
        server.close()


def _ask(client: Packets, content: bytes) -> bytes | None:
    client.send(content)
    return client.receive(20)


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (b"", b""),
        (b"!", b""),
        (b"\xff\xfe", b""),
        (b"m", b"E01"),
        (b"mzz,4", b"E01"),
        (b"m70000000,4", b"E01"),
        (b"pffff", b"E01"),
        (b"P", b"E01"),
        (b"X20000000,4:ab", b"OK"),
        (b"M8", b"E01"),
        (b"Z9,0,0", b""),
        (b"Z1", b"E01"),
        (b"z1,8000000,2", b"OK"),
        (b"z2,20000000,4", b"OK"),
        (b"vFlashErase:20000000,1000", b"E01"),
        (b"vFlashErase:8000000,ffffffff", b"E01"),
        (b"vMustReplyEmpty", b""),
        (b"qXfer:features:read:target.xml:zz", b"E01"),
        (b"qRcmd,zz", b"E01"),
        (b"G00", b"OK"),
        (b"bz", None),
    ],
)
def test_nonsense_is_answered(client: Packets, content: bytes, answer: bytes | None) -> None:
    found = _ask(client, content)
    if answer is not None:
        assert found == answer
    assert _ask(client, b"qC") == b"QC1"


def test_a_running_core_is_interrupted(client: Packets) -> None:
    client.send(b"c")
    assert client.receive(0.2) is None
    client._connection.sendall(b"\x03")
    assert client.receive(20) == b"T02thread:1;"
    assert _ask(client, b"?") == b"T02thread:1;"


def test_a_wrong_checksum_is_sent_again(client: Packets) -> None:
    client._connection.settimeout(20)
    client._connection.sendall(b"$qC#00")
    assert client._connection.recv(16) == b"-"
    client._connection.sendall(b"$qC#b4")
    assert client.receive(20) == b"QC1"


def test_memory_is_read_in_packets(client: Packets) -> None:
    assert len(_ask(client, b"m8000000,ffffffff") or b"") == 0x8000
    assert _ask(client, b"M20000000,4:01020304") == b"OK"
    assert _ask(client, b"X20000004,2:}\x05") == b"OK"
    assert _ask(client, b"m20000000,6") == b"010203047d05"
