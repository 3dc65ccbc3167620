"""What is installed on a machine beside its drivers, as far as PyTorch meets it."""

# As in torchup.model.machine: annotations are evaluated as they stand.

from msgspec import Struct

from torchup.model.text import Text


class Library(Struct, frozen=True, kw_only=True):
    """A library for compiling or for old frameworks, such as cuDNN or NCCL, outside any wheel."""

    name: str
    version: str
    path: str


class CondaInstall(Struct, frozen=True, kw_only=True):
    """An installation of the conda family, read from its own files.

    ``kind`` is what was installed (``miniforge``, ``anaconda``, ``micromamba``, ``pixi``);
    ``version`` conda's (or the program's) own; ``environments`` are folders, the base left out.
    """

    path: str
    kind: str
    version: str | None = None
    python: str | None = None
    on_path: bool = False
    environments: tuple[str, ...] = ()


class FoundEnvironment(Struct, frozen=True, kw_only=True):
    """An environment that holds the framework and that torchup did not make.

    ``kind`` is ``venv``, ``conda``, ``pixi``, ``user`` (a user's own site-packages) or ``system``;
    ``packages`` are the framework and its companions with their versions, builds included.
    """

    path: str
    kind: str
    python: str | None = None
    packages: dict[str, str] = {}


class Setting(Struct, frozen=True, kw_only=True):
    """One setting of another tool; ``origin`` is the file or variable that says so.

    ``wins`` is false where a more specific place says something else.
    """

    tool: str
    key: str
    value: str
    origin: str
    wins: bool = True


class Notebook(Struct, frozen=True, kw_only=True):
    """A Jupyter kernel; ``exists`` tells whether its interpreter is there."""

    name: str
    title: str
    path: str
    interpreter: str
    exists: bool


class Editor(Struct, frozen=True, kw_only=True):
    """An IDE that is installed."""

    name: str
    path: str
    version: str | None = None


class Answering(Struct, frozen=True, kw_only=True):
    """A source of files, and how it answered: within ``took_ms``, or ``why`` not.

    ``proxy`` is what the way led through, empty for none.
    """

    id: str
    url: str
    took_ms: int | None = None
    why: Text | None = None
    proxy: str = ""


class Folder(Struct, frozen=True, kw_only=True):
    """A folder that downloads and environments fill.

    ``role`` is ``environments``, ``temporary`` or whose cache it is (``cache-uv``); ``links`` tells
    whether files in it can be hard links of files in the environments, None where it can't be told.
    """

    role: str
    path: str
    filesystem: str | None = None
    links: bool | None = None


class Software(Struct, frozen=True, kw_only=True):
    """Everything of one machine. ``variables`` are those that change what Python or CUDA finds."""

    libraries: tuple[Library, ...] = ()
    condas: tuple[CondaInstall, ...] = ()
    environments: tuple[FoundEnvironment, ...] = ()
    settings: tuple[Setting, ...] = ()
    variables: dict[str, str] = {}
    notebooks: tuple[Notebook, ...] = ()
    editors: tuple[Editor, ...] = ()
    folders: tuple[Folder, ...] = ()
