"""Editing uv's own configuration (``uv.toml``): comments and all other settings stay.

https://docs.astral.sh/uv/reference/settings/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from torchup.integrate.pip_conf import NotPlainError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PYTHON_MIRROR: Final = "python-install-mirror"
_INDEX_URL: Final = "index-url"


class UvToml:
    """One file's content.

    Args:
        data: its bytes; none for a new file.

    Raises:
        NotPlainError: it is not UTF-8, or no TOML.
    """

    def __init__(self, data: bytes) -> None:
        import tomlkit
        from tomlkit.exceptions import TOMLKitError

        try:
            self._document: Any = tomlkit.parse(data.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise NotPlainError("UTF-8") from error
        except (TOMLKitError, RecursionError) as error:
            raise NotPlainError(str(error)) from error
        self._mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""

    @property
    def default_index(self) -> str:
        """The address of the index for everything; empty where none is named."""
        for index in self._indexes():
            if index.get("default") is True:
                return str(index.get("url", ""))
        for table in self._tables():
            if _INDEX_URL in table:
                return str(table[_INDEX_URL])
        return ""

    def set_default_index(self, url: str) -> None:
        """Name the index for everything: where one stands, else as a new ``[[index]]``.

        Raises:
            NotPlainError: what stands there is no list of indexes; uv can't read it either.
        """
        import tomlkit

        for index in self._indexes():
            if index.get("default") is True:
                index["url"] = url
                return
        for table in self._tables():
            if _INDEX_URL in table:
                table[_INDEX_URL] = url
                return
        held = self._document.get("index")
        new = tomlkit.table()
        new["url"] = url
        new["default"] = True
        if isinstance(held, tomlkit.items.AoT):
            held.append(new)
        elif held is None:
            rows = tomlkit.aot()
            rows.append(new)
            self._document["index"] = rows
        elif isinstance(held, tomlkit.items.Array):  # written as index = [{…}]
            inline = tomlkit.inline_table()
            inline.update({"url": url, "default": True})
            held.append(inline)
        else:
            raise NotPlainError("index")

    def set(self, key: str, value: str) -> None:
        """Give one of the settings its value.

        Raises:
            NotPlainError: the file is laid out so that a line can't be added safely.
        """
        import tomlkit

        if key in self._document:
            self._document[key] = value
            return
        # A key may not stand behind a table: put it before the first one.
        text = tomlkit.dumps(self._document)
        line = tomlkit.dumps({key: value})
        changed = tomlkit.parse(_before_tables(text, line))
        if changed.unwrap() != {**self._document.unwrap(), key: value}:
            raise NotPlainError(key)
        self._document = changed

    def get(self, key: str) -> str:
        """Return one of the settings, empty where it isn't set."""
        return str(self._document.get(key, ""))

    def rename_addresses(
        self, instead: Callable[[str, str], str | None], trusted: Callable[[str], bool]
    ) -> None:
        """Put other addresses in the place of some.

        Args:
            instead: says what a setting's address becomes; None takes it away.
            trusted: tells whether a host may stay among those whose certificates don't count.
        """
        held = self._document.get("index")
        if isinstance(held, list):
            for index in list(held):
                if isinstance(index, dict) and isinstance(index.get("url"), str):
                    new = instead("index", str(index["url"]))
                    if new is None:
                        held.remove(index)
                    elif new != index["url"]:
                        index["url"] = new
            if not held:
                del self._document["index"]
        for table in self._tables():
            _rename_in(table, instead, trusted)

    def data(self) -> bytes:
        """Return the whole file."""
        import tomlkit

        return self._mark + tomlkit.dumps(self._document).encode()

    def _indexes(self) -> Iterator[Any]:
        held = self._document.get("index")
        for index in held if isinstance(held, list) else ():
            if isinstance(index, dict):
                yield index

    def _tables(self) -> Iterator[Any]:
        yield self._document
        inner = self._document.get("pip")
        if isinstance(inner, dict):
            yield inner


def _before_tables(text: str, line: str) -> str:
    """Put a line behind the keys that stand at the top, and their comments."""
    lines = text.splitlines(keepends=True)
    at = next((n for n, one in enumerate(lines) if one.lstrip().startswith("[")), len(lines))
    while at and (not lines[at - 1].strip() or lines[at - 1].lstrip().startswith("#")):
        if not any(one.strip() and not one.lstrip().startswith("#") for one in lines[:at]):
            break  # a comment at the head of the file is about the file
        at -= 1
    if at and not lines[at - 1].endswith("\n"):
        lines[at - 1] += "\n"
    return "".join((*lines[:at], line, *lines[at:]))


_SINGLE: Final = (_INDEX_URL, PYTHON_MIRROR)
_SEVERAL: Final = ("extra-index-url", "find-links")
_TRUSTED: Final = "allow-insecure-host"


def _rename_in(
    table: Any,  # noqa: ANN401 - the library's own
    instead: Callable[[str, str], str | None],
    trusted: Callable[[str], bool],
) -> None:
    for key in _SINGLE:
        if isinstance(table.get(key), str):
            new = instead(key, str(table[key]))
            if new is None:
                del table[key]
            elif new != table[key]:
                table[key] = new
    for key in _SEVERAL:
        _rename_items(table, key, instead)
    for at, host in reversed(list(enumerate(_items(table.get(_TRUSTED))))):
        if not trusted(host):
            del table[_TRUSTED][at]


def _rename_items(
    table: Any,  # noqa: ANN401 - the library's own
    key: str,
    instead: Callable[[str, str], str | None],
) -> None:
    for at, url in reversed(list(enumerate(_items(table.get(key))))):
        new = instead(key, url)
        if new is None:
            del table[key][at]
        elif new != url:
            table[key][at] = new


def _items(value: Any) -> list[str]:  # noqa: ANN401 - TOML holds anything
    return [str(one) for one in value] if isinstance(value, list) else []
