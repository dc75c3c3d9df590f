"""Names inside a package: plain ASCII, never a path, never twice, on any system that unpacks it."""

import re
import unicodedata

LONGEST = 80
LONGEST_ENDING = 10
# What has no accent to take off, yet a usual spelling.
SPELT = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O"})
# What Windows takes for a device, whatever its ending.
DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
UNNAMED = "fichier"


def safe_name(name: str, *, longest: int = LONGEST) -> str:
    """Return a name in ASCII letters, digits, ``.``, ``-`` and ``_``, cut before its ending."""
    plain = unicodedata.normalize("NFKD", name.translate(SPELT))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    plain = re.sub(r"[^A-Za-z0-9.-]+", "_", plain)
    stem, ending = _parted(re.sub(r"\.{2,}", ".", plain).rstrip("._-"))
    stem = stem.strip("._-")[: longest - len(ending)].rstrip("._-") or UNNAMED
    if DEVICE.fullmatch(stem.partition(".")[0]):
        stem = f"_{stem}"[: longest - len(ending)]
    return stem + ending


def _parted(name: str) -> tuple[str, str]:
    """Return a name before its ending, and the ending with its dot where it has a short one."""
    stem, dot, ending = name.rpartition(".")
    return (stem, f".{ending}") if dot and len(ending) < LONGEST_ENDING else (name, "")


class Names:
    """The names given so far in one folder: the same one again gets a number."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def give(self, name: str) -> str:
        """Return a safe name that nothing else has, large and small letters being the same."""
        wanted = safe_name(name)
        stem, ending = _parted(wanted)
        number = 1
        while wanted.casefold() in self._given:
            number += 1
            mark = f"-{number}{ending}"
            wanted = stem[: LONGEST - len(mark)] + mark
        self._given.add(wanted.casefold())
        return wanted
