"""Every sentence torchup says, by code, in English and in translation.

English templates live in one module per room under :mod:`torchup.words.english`; translations
are gettext catalogues (``locale/LANG/LC_MESSAGES/torchup.po``) whose context is the code. No
sentence is built from pieces: a code and its arguments make one whole message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.words.english import MESSAGES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from gettext import NullTranslations

    from torchup.model import Text

LANGUAGES: Final = ("en", "zh_CN")
_DOMAIN: Final = "torchup"
_LOCALE: Final = f"{__path__[0]}/locale"


class Words:
    """The messages in one language.

    Args:
        language: one of :data:`LANGUAGES`.
        translations: the loaded catalogue, None for English.
    """

    def __init__(self, language: str = "en", translations: NullTranslations | None = None) -> None:
        self.language = language
        self._translations = translations

    def say(self, code: str, args: Mapping[str, str] | None = None) -> str:
        """Word a message. An argument that is itself a code (``@CODE``) is worded first.

        Raises:
            KeyError: no such message, or a placeholder without a value.

        >>> Words().say("remedy.ask", {"stack": "torch 2.7.1"})
        'Ask for torch 2.7.1 instead.'
        """
        template = MESSAGES[code]
        if self._translations is not None:
            template = self._translations.pgettext(code, template)
        given = {name: self._inner(value) for name, value in (args or {}).items()}
        return template.format_map(given)

    def text(self, message: Text) -> str:
        """Word a :class:`~torchup.model.Text`."""
        return self.say(message.code, message.args)

    def has(self, code: str) -> bool:
        """Tell whether there is a message of this code."""
        return code in MESSAGES

    def _inner(self, value: str) -> str:
        return self.say(value[1:]) if value[:1] == "@" and value[1:] in MESSAGES else value


def choose_language(wanted: str | None) -> str:
    """Turn a language tag or a locale name into one of :data:`LANGUAGES`; English by default.

    ``zh``, ``zh-CN``, ``zh_Hans_CN.UTF-8`` and ``Chinese (Simplified)_China`` are Chinese.
    """
    tag = (wanted or "").lower().replace("-", "_")
    return "zh_CN" if tag.startswith(("zh", "chinese")) else "en"


def load_words(language: str) -> Words:
    """Load the messages of one of :data:`LANGUAGES`."""
    if language == "en":
        return Words()
    import gettext

    return Words(language, gettext.translation(_DOMAIN, _LOCALE, [language]))


def catalogue_path(language: str) -> str | None:
    """Return the file that one of :data:`LANGUAGES` is read from, None where modules hold it."""
    if language == "en":
        return None
    return f"{_LOCALE}/{language}/LC_MESSAGES/{_DOMAIN}.mo"
