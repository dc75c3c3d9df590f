"""A printed page fetches nothing, whatever is written in it (SECURITY.md, attack 7)."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from typing import Any

import pikepdf
import pypdfium2
import pytest

from content.printing import printed

pytestmark = pytest.mark.slow

PAGE = """<!DOCTYPE html><html lang="fr"><head><title>Essai</title>
<link rel="stylesheet" href="{site}/sheet.css"><link rel="attachment" href="{site}/attached">
<link rel="attachment" href="file:///etc/passwd">
<style>@import url({site}/imported.css); body {{ background: url({site}/ground.png) }}
@font-face {{ font-family: x; src: url({site}/font.woff2) }} p {{ font-family: x }}</style></head>
<body><p>Texte imprimé</p><img src="{site}/image.png"><img src="{site}/moved">
<img src="file:///etc/passwd"><object data="{site}/object"></object>
<iframe src="{site}/frame"></iframe>
<a rel="attachment" href="{site}/linked">x</a><a rel="attachment" href="file:///etc/passwd">y</a>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">
<use xlink:href="{site}/sprite.svg#a"/><image href="{site}/drawn.png"/></svg>
<img src="data:image/svg+xml,&lt;svg xmlns='http://www.w3.org/2000/svg'
 xmlns:xlink='http://www.w3.org/1999/xlink'&gt;&lt;image xlink:href='{site}/nested.png'/&gt;
 &lt;image xlink:href='file:///etc/passwd'/&gt;&lt;/svg&gt;"></body></html>"""


@pytest.fixture
def canaries() -> Iterator[tuple[str, list[str]]]:
    """A site on loopback, and the paths that were asked of it."""
    asked: list[str] = []

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302 if self.path == "/moved" else 200)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    site = HTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=site.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{site.server_port}", asked
    site.shutdown()
    thread.join()


def test_a07_nothing_is_fetched_and_no_file_is_read(canaries: tuple[str, list[str]]) -> None:
    site, asked = canaries
    made = printed(
        PAGE.format(site=site), twin="{}", at="2026-04-14T08:00:00+00:00", identifier="a" * 64
    )
    assert asked == []
    document = pypdfium2.PdfDocument(made)
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    assert "Texte imprimé" in text
    with pikepdf.open(BytesIO(made)) as pdf:
        assert list(pdf.attachments) == ["record.json"]
        streams = [
            item.read_bytes()
            for item in pdf.objects
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") != "/Image"
        ]
    assert not any(b"root:" in stream for stream in [made, *streams])
