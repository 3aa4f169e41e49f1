"""The style sheet, the script and the icon: read once, served by the app, addressed by what they contain."""

from functools import cache
from hashlib import sha256
from pathlib import Path

import msgspec

FOLDER = Path(__file__).resolve().parent / "static"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


class Asset(msgspec.Struct, frozen=True):
    """One file: its bytes, its media type and the first 16 hexadecimal digits of its SHA-256."""

    name: str
    content: bytes
    media_type: str
    digest: str

    @property
    def address(self) -> str:
        """`/static/ward.css?v=0123456789abcdef`: a changed file has another address, so nobody sees an old one."""
        return f"/static/{self.name}?v={self.digest}"


@cache
def assets() -> dict[str, Asset]:
    """Every file of the folder, by name."""
    found = sorted(path for path in FOLDER.iterdir() if path.suffix in TYPES)
    return {path.name: _asset(path.name, path.read_bytes(), TYPES[path.suffix]) for path in found}


def _asset(name: str, content: bytes, media_type: str) -> Asset:
    return Asset(name, content, media_type, sha256(content).hexdigest()[:16])
