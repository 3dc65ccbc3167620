"""Messages about projects: what was read of them, and what was moved so that they run."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "cli.option.project": "what a project's folder asks for, by whichever files it has",
    # What stops
    "projects.no-folder": "There is no folder {path}.",
    "projects.no-folder.hint": "Name the folder that holds the project's files.",
    "projects.nothing": "Nothing in {path} says what the project needs.",
    "projects.nothing.hint": "torchup looked for {looked} and for programs (.py, .ipynb), there and one folder below. Name the packages yourself: torchup create NAME torch numpy",
    "projects.no-framework": "The project in {path} uses {rival} and never names {framework}: it has no use for a PyTorch environment.",
    "projects.no-framework.hint": "If you want PyTorch beside it all the same, name it: torchup create NAME {framework} --project {path}",
    "projects.conflict": "{file} line {line} asks for {one}, and {file_two} line {line_two} for {other}: no version meets both.",
    "projects.conflict.hint": "Change one of the two lines.",
    "projects.misspelt-key": "{file}, line {line}: there is no “{key}” in environment files.",
    "projects.misspelt-key.hint": "It is spelt “{meant}”.",
    "projects.malformed": "{file} can't be read: {why}",
    "projects.malformed.hint": "Repair the file, or make it again with the tool that wrote it.",
    "projects.auto-without": "--as-of auto is the day of a project, and none is named.",
    "projects.auto-without.hint": "Name its folder with --project DIR, or a day: --as-of 2022-06-30.",
    # What was read
    "reason.project-read": "Read in {about}: {subject}.",
    "reason.project-passed": "Not followed, since {about} counts before: {subject}.",
    "reason.framework-unnamed": "Nothing in {about} names {subject} itself; it is what torchup makes environments for.",
    "reason.project-malformed": "{subject} can't be read ({has}); the next one that is trusted was read in its place.",
    "reason.imports-inferred": "Inferred from the imports in {about}: {subject}.",
    "reason.readme-states": "{about} states “{subject}”: taken as {has}.",
    "reason.image-holds": "{about}: the image {subject} holds a build of PyTorch {has}.",
    "reason.name-corrected": "{about}: {subject} is taken as {has}, the package that is meant.",
    "reason.path-dropped": "{about}: taken without the path on the machine that wrote it: {subject}.",
    "reason.address-dropped": "{about}: {subject} is taken from the indexes, not from the address that is written.",
    "reason.dependencies-dynamic": "{about} leaves it to another file what the project needs.",
    "reason.groups-passed": "{about}: the extras and groups {subject} are not installed.",
    "reason.needs-computed": "{about}: {subject} is computed by the program, which torchup reads and never runs.",
    "reason.key-unknown": "{about}: environment files have no “{subject}”; it is not followed.",
    "reason.yaml-broken": "{about} is not good YAML; its items were read line by line.",
    "reason.program-unreadable": "{about} can't be read as a program of this Python; nothing was taken from it.",
    # What is left for the user
    "reason.left-git": '{about}: {subject} comes out of a repository. Left for you, once the environment is there: torchup run NAME -- python -m pip install --no-deps "{subject}"',
    "reason.left-editable": "{about}: {subject} is the project's own code. Left for you: torchup run NAME -- python -m pip install --no-deps -e {subject}",
    "reason.left-path": "{about}: {subject} is a file or a folder of another machine. Left for you.",
    "reason.left-address": "{about}: {subject} is to be built from an address. Left for you.",
    "reason.left-unreadable": "{about}: “{subject}” is no requirement. Left out.",
    "reason.left-file": "{about}: {subject} can't be read, and what it asks for is missing here.",
    "reason.left-foreign": "{about}: packages of conda that are none of Python's are left out: {subject}.",
    "reason.left-brought": "{about}: PyTorch brings its own {subject}.",
    "reason.left-elsewhere": "{about}: no package of the index brings {subject}. Left for you: {has}",
    "reason.left-unknown": "{about}: which packages bring these modules is not known, and none is guessed: {subject}. Left for you.",
    "reason.left-gone": "{about}: no index has {subject}. Left for you.",
    "reason.left-version-gone": "{about}: no index has {subject}; taken without its version.",
    # The day
    "reason.day-of-commit": "As of {subject}, the day of the project's last commit.",
    "reason.day-of-declarations": "As of {subject}, when {about} changed last; the project's last commit is of {has}.",
    "reason.day-of-files": "As of {subject}, the day of the newest of {about}: the folder has no history of git.",
    "reason.day-unknown": "No day is known for {about}: the newest versions are chosen.",
    "reason.moved-day": "As of {needs}, not {subject}: {has} is asked for, and came later.",
    # Moves
    "reason.moved-forward": "{about} asks for {subject}, which can't run here. {needs} is the oldest later one that does.",
    "reason.moved-past-day": "Nothing of {has} runs here. {needs} is the oldest later one that does.",
    "reason.moved-python": "{about}: Python {subject} was used; {needs} is the nearest later one that serves.",
    "reason.moved-python-gone": "{about}: Python {subject} was used, and can't be had here; {needs} is the nearest later one.",
    "reason.moved-build": "The project was made with {subject}, which can't be taken here; {needs} takes its place.",
    "reason.moved-package": "{about}: {subject} has no wheel for Python {has}; {needs} is the next version that has one.",
    "reason.python-of-pins": "{subject} have wheels for Python {needs}, and not for {has}.",
    "reason.pin-stays": "{about} asks for {subject}. {needs} would run here; torchup moves no pin so far by itself: name it yourself to try.",
}
