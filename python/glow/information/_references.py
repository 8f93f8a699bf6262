"""The papers behind the estimators, as lines of a docstring."""

import re
import textwrap
import unicodedata

from glow import _core

_ACCENTS = {'"': "\u0308", "'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303"}
_FIELD = re.compile(r"(\w+)\s*=\s*\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}")
_ACCENT = re.compile(r"""\\(["'`^~])\s*\{?(\w)\}?""")


def reference(name: str) -> str:
    """The References section of an estimator; empty where there is no paper."""
    text = from_bibtex(_core.citation(name))
    return textwrap.fill(f".. [1] {text}", 92, subsequent_indent="   ") if text else ""


def from_bibtex(entry: str) -> str:
    """A BibTeX entry as one line of text; empty for none."""
    fields = {key.lower(): _plain(value) for key, value in _FIELD.findall(entry)}
    if not fields:
        return ""
    authors = [_initials(author) for author in fields["author"].split(" and ")]
    listed = ", ".join(author for author in authors if author != "others")
    parts = [
        f"{listed}{' et al.' if 'others' in authors else ''} ({fields['year']})",
        fields["title"],
        _place(fields),
    ]
    return ". ".join(part for part in parts if part) + "."


def _plain(value: str) -> str:
    value = _ACCENT.sub(lambda m: unicodedata.normalize("NFC", m[2] + _ACCENTS[m[1]]), value)
    return " ".join(re.sub(r"[{}$\\]", "", value).replace("--", "–").split())


def _initials(author: str) -> str:
    """``Ma, Wan-Duo Kurt`` as ``W.-D. K. Ma``."""
    last, _, first = author.partition(", ")
    short = re.sub(r"(\w)[\w.]*", r"\1.", first)
    return f"{short} {last}".strip()


def _place(fields: dict[str, str]) -> str:
    where = next((fields[k] for k in ("journal", "booktitle", "publisher") if k in fields), "")
    if "volume" in fields:
        where += f" {fields['volume']}"
    if "number" in fields:
        where += f" ({fields['number']})"
    if "edition" in fields:
        where += f", edition {fields['edition']}"
    return where + (f", {fields['pages']}" if "pages" in fields else "")
