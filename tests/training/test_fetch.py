"""Downloads: verified, resumed, and one line where there is no network."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.data import archives as data_archives
from tests.robustness.command import refused, tinysim
from tinysim.benchmarks import BENCHMARKS
from tinysim.data import fetch
from tinysim.datasets import find_dataset
from tinysim.errors import AssetError, TinySimError

CONTENT = bytes(range(256)) * 12_000
RIGHT = hashlib.sha256(CONTENT).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """Gives CONTENT, half of what is asked for at first; `/whole` knows nothing of ranges."""

    def do_GET(self) -> None:
        ranges = self.server.ranges  # type: ignore[attr-defined]
        asked = self.headers.get("Range")
        ranges.append(asked)
        if self.path == "/absent":
            self.send_error(404)
            return
        start = int(asked[6:-1]) if asked and self.path != "/whole" else 0
        if start >= len(CONTENT):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        broken = len(ranges) < 3 and self.path == "/broken"
        self.wfile.write(CONTENT[start : start + (len(CONTENT) - start) // 2 if broken else None])

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as found:
        found.ranges = []  # type: ignore[attr-defined]
        Thread(target=found.serve_forever, daemon=True).start()
        yield found
        found.shutdown()


def source(server: ThreadingHTTPServer, path: str, known: str = RIGHT) -> fetch.Source:
    address = f"http://127.0.0.1:{server.server_port}{path}"
    return fetch.Source(sets=("kws",), name="file", url=address, hash=known, licence="none")


def test_a_broken_download_is_gone_on_with(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    seen: list[int] = []

    def watch(parts: Iterator[int], what: str, total: int | None) -> Iterator[int]:
        for part in parts:
            seen.append(part)
            yield part

    said = fetch.fetch(source(server, "/broken"), tmp_path, watch)
    assert said == "sha256 as published"
    assert (tmp_path / "file").read_bytes() == CONTENT
    # What the last whole part of a broken connection brought is not asked for again.
    first, *resumed = server.ranges  # type: ignore[attr-defined]
    half = len(CONTENT) // 2
    starts = [int(asked[6:-1]) for asked in resumed]
    assert first is None
    assert starts[0] == half // (1 << 16) * (1 << 16)
    assert half < starts[1] < len(CONTENT) and len(starts) == 2
    assert seen == sorted(seen) and seen[-1] == len(CONTENT)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert fetch.fetch(source(server, "/broken"), tmp_path) == "there already, and right"
    assert len(server.ranges) == 3  # type: ignore[attr-defined]


def test_a_later_call_goes_on_too(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    for path in ("/good", "/whole"):
        (tmp_path / "file.part").write_bytes(CONTENT[:1000])
        md5 = hashlib.md5(CONTENT).hexdigest()
        assert fetch.fetch(source(server, path, md5), tmp_path) == "md5 as published"
        assert (tmp_path / "file").read_bytes() == CONTENT
        (tmp_path / "file").unlink()
    (tmp_path / "file.part").write_bytes(CONTENT)
    assert fetch.fetch(source(server, "/good"), tmp_path) == "sha256 as published"


def test_another_file_is_refused(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="not the file published"):
        fetch.fetch(source(server, "/good", "0" * 64), tmp_path)
    assert not list(tmp_path.iterdir())
    with pytest.raises(TinySimError, match="the server says 404"):
        fetch.fetch(source(server, "/absent"), tmp_path)
    said = fetch.fetch(source(server, "/good", ""), tmp_path)
    assert said == f"sha256 {RIGHT}: nothing is published to compare"


def test_no_network_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = fetch.Source(
        sets=("ic",), name="x.tar.gz", url="http://127.0.0.1:9/x", hash=RIGHT, licence="none"
    )
    monkeypatch.setattr(fetch, "sources", lambda: (nowhere,))
    monkeypatch.setattr("tinysim.cli.data.fetch_model", lambda benchmark: "there")
    ran = tinysim("data", "fetch", "ic", "--raw", str(tmp_path / "raw"))
    refused(ran, "x.tar.gz: no network; what came is kept, or put the file at http://127.0.0.1:9/x")
    assert not list((tmp_path / "raw").iterdir())
    refused(tinysim("data", "fetch", "xy", "--raw", str(tmp_path)), "no data set 'xy'; there are:")


def test_one_command_brings_a_model_and_its_data_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The archives come from a server; the second call finds everything."""
    published, cache = tmp_path / "published", tmp_path / "cache"
    data_archives.cifar(published)
    monkeypatch.setenv("TINYSIM_ASSETS", "")
    monkeypatch.setenv("TINYSIM_CACHE", str(cache))
    archives = [path for path in published.iterdir() if path.is_file()]
    serve = partial(SimpleHTTPRequestHandler, directory=str(published))
    monkeypatch.setattr(SimpleHTTPRequestHandler, "log_message", lambda *_: None)
    with ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        root = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setattr(
            fetch,
            "sources",
            lambda: tuple(
                fetch.Source(
                    sets=("ic",),
                    name=path.name,
                    url=f"{root}/{path.name}",
                    hash=hashlib.sha256(path.read_bytes()).hexdigest(),
                    licence="none",
                )
                for path in archives
            ),
        )
        model = published / "model.tflite"
        model.write_bytes(b"the official one")
        monkeypatch.setattr(
            "tinysim.models.locate.OFFICIAL_URL", root + "/model.tflite?{commit}{path}"
        )
        official = replace(
            BENCHMARKS["ic2"], model_sha256=hashlib.sha256(model.read_bytes()).hexdigest()
        )
        monkeypatch.setitem(BENCHMARKS, "ic2", official)
        ran = tinysim("data", "fetch", "ic2", "--jobs", "1")
        server.shutdown()
    assert ran.code == 0, ran
    place = cache / "models" / official.model_file
    assert (
        f"{official.model_file}: {place}\n" in ran.out and place.read_bytes() == model.read_bytes()
    )
    assert "ic01: 200\n" in ran.out
    assert len(find_dataset(BENCHMARKS["ic"]).samples) == 200
    again = tinysim("data", "fetch", "ic2")
    assert again.code == 0 and "ic: made of them already, " in again.out, again
    refused(tinysim("data", "fetch", "ad"), "no data set 'ad'")


def test_the_catalogue_is_whole() -> None:
    """Every data set has sources; a pin is a sha256 or an md5."""
    for name in ("kws", "vww", "ic", "ad", "sww"):
        assert fetch.sources_of(name)
    for one in fetch.sources():
        assert bool(one.url) != bool(one.commit)
        assert len(one.hash) in (0, 32, 64) and int(one.hash or "0", 16) >= 0
        assert one.address.startswith("https://")
