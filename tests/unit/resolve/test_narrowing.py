"""Requirements that restrict the framework."""

from __future__ import annotations

from msgspec.structs import replace
from packaging.version import Version

from torchup.facts.extensions import (
    EXTENSIONS_FILE,
    CompiledRow,
    ExtensionRow,
    _table,
    load_extensions,
)
from torchup.facts.load import DATA
from torchup.model import FactRef, Requirement
from torchup.resolve.narrowing import conflict, explained, impossible, narrowed
from torchup.resolve.needs import (
    Need,
    combinations,
    is_firm,
    normalised_names,
    on_python_alone,
    pinned_version,
)
from torchup.resolve.wellknown import alternatives
from unit.resolve.machinery import CATALOGUE, choose, machine

ADA = machine("sm_89", driver="580.65.06")
BLACKWELL = machine("sm_120", driver="580.65.06")
RELEASES = [one.version for one in CATALOGUE.releases]
FACT = FactRef(file="f.toml", key="k", url="u", checked="2026-01-01")


class Known:
    def __init__(self, *rows: tuple[str, str, str] | tuple[str, str, str, str]) -> None:
        self.rows = [ExtensionRow(*row) for row in reversed(rows)]
        self.fact = FACT
        self.compiled: tuple[CompiledRow, ...] = ()


EXT = Known(("0.1", "0.3", ""), ("1.0", "1.2", "==2.4.1"), ("1.3", "1.3", "==2.6.0"))


def need(line: str, wants: str) -> Need:
    return Need(
        line=line,
        package=line.replace("==", " "),
        framework="torch",
        wants=wants,
        firm=is_firm(line),
        fact=FACT,
    )


def wishes(line: str) -> list[tuple[str, str]]:
    found = alternatives([line], {"ext": EXT}, "torch")
    return [(one.package, one.wants) for wish in found for one in wish]


def test_what_a_line_may_ask_for_is_newest_first() -> None:
    assert wishes("ext") == [("ext 1.3", "==2.6.0"), ("ext 1.2", "==2.4.1"), ("ext 0.3", "")]
    assert wishes("Ext<1.3") == [("ext 1.2", "==2.4.1"), ("ext 0.3", "")]
    assert wishes("ext==1.1") == [("ext 1.1", "==2.4.1")]
    assert wishes("ext==1.0") == [("ext 1.0", "==2.4.1")]
    assert wishes("ext==1.1.*") == []
    assert wishes("ext==9") == []
    assert wishes("other==1.0") == []


def test_which_lines_leave_no_choice() -> None:
    assert [is_firm(one) for one in ("a==1", "a===1", "a==1.*", "a>=1", "a")] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert pinned_version("a[x]==1.0 ; python_version > '3'") == "1.0"
    assert normalised_names(("Zope.Interface>1", "b")) == {
        "zope-interface": "Zope.Interface>1",
        "b": "b",
    }


def test_combinations_are_those_that_some_release_meets() -> None:
    one = (need("a", "==2.6.0"), need("a", "==2.4.1"), need("a", ""))
    other = (need("b", ">=2.4,<2.5"),)
    found = [[n.wants for n in needs] for needs in combinations([one, other], RELEASES)]
    assert found == [["==2.4.1", ">=2.4,<2.5"], ["", ">=2.4,<2.5"]]
    assert not list(combinations([(need("a", "==2.4.0"),), (need("b", "==2.4.1"),)], RELEASES))


def test_needs_are_constraints_and_no_requirements() -> None:
    asked = Requirement(packages=("ext==1.1",), constraints=("x<2",))
    found = narrowed(asked, [need("ext==1.1", "==2.4.1"), need("other", "")])
    assert found.packages == asked.packages
    assert found.constraints == ("x<2", "torch==2.4.1")


def test_the_answer_names_the_line_that_narrowed_it() -> None:
    before = choose(ADA, "ext==1.1")
    pin = need("ext==1.1", "==2.4.1")
    under = choose(ADA, "ext==1.1", constraints=("torch==2.4.1",))
    answer = explained(under, [pin], before)
    assert answer.stack is not None
    assert answer.stack.packages["torch"] == "2.4.1"
    first = answer.reasons[0]
    assert (first.code, first.effect, first.subject) == ("pinned-by", "prefer", "ext==1.1")
    assert (first.needs, first.fact) == ("torch==2.4.1", FACT)
    assert answer.requirement == before.requirement


def test_a_need_that_is_met_anyway_is_told_last_and_changes_nothing() -> None:
    before = choose(ADA, "loose")
    answer = explained(before, [replace(need("loose", ">=2.0"), package="loose 1.0")], before)
    assert answer.stack == before.stack
    last = answer.reasons[-1]
    assert (last.code, last.effect, last.about) == ("pinned-through", "accept", "loose 1.0")


def test_a_pin_that_no_card_goes_with() -> None:
    before = choose(BLACKWELL, "ext==1.1")
    under = choose(BLACKWELL, "ext==1.1", constraints=("torch==2.4.1",))
    answer = impossible(under, [need("ext==1.1", "==2.4.1")], before)
    assert (answer.outcome, answer.stack) == ("none", None)
    codes = [(one.code, one.effect) for one in answer.reasons]
    assert codes[0] == ("pinned-by", "reject")
    assert ("arch-missing", "reject") in codes
    near = answer.near_misses[0]
    assert near.stack == before.stack
    assert near.remedy.code == "remedy.pin"
    assert near.remedy.args["pin"] == "ext==1.1"
    assert not [
        one
        for near in answer.near_misses[1:]
        for one in near.reasons
        if one.code == "requested-version"
    ]


def test_the_users_own_word_against_a_need() -> None:
    pin = need("ext==1.1", "==2.4.1")
    (reason,) = conflict(["==2.6.0"], [pin], RELEASES)
    assert (reason.code, reason.has) == ("pin-conflict", "torch==2.6.0")
    assert not conflict(["<2.6", ""], [pin], RELEASES)


def test_the_table_is_read_for_the_packages_that_are_named() -> None:
    assert load_extensions(["six", "no-such-package"], "torch") == {}
    known = load_extensions(["xformers", "six"], "torch")
    assert set(known) == {"xformers"}
    (wish,) = alternatives(["xformers==0.0.28"], known, "torch")
    assert [one.constraint for one in wish] == ["torch==2.4.1"]
    assert wish[0].fact is not None
    assert wish[0].fact.url
    assert wish[0].fact.checked.startswith("20")


def test_every_row_of_the_table_is_in_order_and_can_be_met() -> None:
    table = _table(f"{DATA}/torch/{EXTENSIONS_FILE}", "torch/extensions.toml")
    assert len(table) > 25
    for name, one in table.items():
        ends = [Version(end) for row in reversed(one.rows) for end in (row.first, row.last)]
        assert ends == sorted(ends), name
        assert len({row.first for row in one.rows}) == len(one.rows), name
        for row in one.rows:
            wish = replace(need(name, row.wants), pythons=row.pythons)
            assert any(wish.met(release) for release in RELEASES), (name, row)
            assert any(wish.takes(one.minor) for one in CATALOGUE.pythons), (name, row)


OLD = Known(("1.0", "1.9", "", "3.6-3.9"), ("2.0", "2.9", "", ">=3.12"))


def test_the_pythons_that_a_package_goes_with() -> None:
    old = replace(need("old==1.5", ""), pythons="3.6-3.9")
    assert [old.takes(one) for one in ("3.5", "3.6", "3.9", "3.10", "3.9t")] == [
        False,
        True,
        True,
        False,
        True,
    ]
    new = replace(old, pythons=">=3.12")
    assert [new.takes(one) for one in ("3.9", "3.12", "3.14t")] == [False, True, True]
    assert replace(old, pythons="").takes("3.99")


def test_rows_that_differ_in_python_alone_are_alternatives() -> None:
    (wish,) = alternatives(["old"], {"old": OLD}, "torch")
    assert [one.pythons for one in wish] == [">=3.12", "3.6-3.9"]
    strict = (*wish, replace(wish[1], wants="==2.4.1"))
    (alone,) = on_python_alone([strict])
    assert [(one.wants, one.pythons) for one in alone] == [("", ">=3.12"), ("", "3.6-3.9")]
    assert not on_python_alone([(need("a", ">=2"),)])


def test_the_python_is_told_with_the_line_that_narrowed_it() -> None:
    before = choose(ADA, "old==1.5")
    pin = replace(need("old==1.5", ""), pythons="3.6-3.9")
    answer = explained(choose(ADA, "old==1.5", python="3.9"), [pin], before)
    first = answer.reasons[0]
    assert (first.code, first.effect, first.needs) == ("pinned-python", "prefer", "3.6-3.9")
    assert "python-asked" not in {one.code for one in answer.reasons}
    obeyed = explained(before, [pin], before)
    assert obeyed.stack == before.stack
    assert (obeyed.reasons[0].code, obeyed.reasons[0].effect) == ("pinned-python-unmet", "warn")


def test_each_line_is_offered_by_itself() -> None:
    before = choose(ADA, "a==1", "b==1")
    pins = [need("a==1", "==2.4.1"), need("b==1", "==2.4.0")]
    under = choose(ADA, constraints=("torch==2.4.1", "torch==2.4.0"))
    fits = choose(ADA, constraints=("torch==2.4.0",)).stack
    assert fits is not None
    near = impossible(under, pins, before, {"a==1": fits}).near_misses[0]
    assert (near.stack, near.remedy.args["pin"]) == (fits, "a==1")
    assert [one.subject for one in near.reasons] == ["a==1"]
