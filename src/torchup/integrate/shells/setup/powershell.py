"""Lines for PowerShell, Windows' own and the one for all systems; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.integrate.shells.powershell import quoted
from torchup.integrate.shells.setup import ENTERING, PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torchup.integrate.shells.setup import Setup


def lines(setup: Setup) -> Sequence[str]:
    """Return the function and its completion."""
    return [*_function(), *_table(setup), *_names(setup), *_completer(setup)]


def _function() -> list[str]:
    """The function, which takes the session into environments and out again."""
    program = "(Get-Command -CommandType Application -Name torchup | Select-Object -First 1)"
    return [
        "function global:torchup {",
        f"  $program = {program}",
        f"  $plain = @($args | Where-Object {{ $_ -in {_list(PLAIN)} }})",
        f"  if ($args.Count -and $args[0] -in {_list(ENTERING)} -and -not $plain) {{",
        "    $lines = & $program @args --shell powershell | Out-String",
        "    if ($LASTEXITCODE -eq 0) { Invoke-Expression $lines }",
        "  } elseif ($MyInvocation.ExpectingInput) { $input | & $program @args }",
        "  else { & $program @args }",
        "}",
    ]


def _table(setup: Setup) -> list[str]:
    """What each command takes, in a table."""
    rows = [
        f"  {quoted(name)} = @({_list(one.options)}), @({_list(one.words)}), "
        f"${str(one.environments).lower()}, @({_list(one.naming)})"
        for name, one in setup.commands.items()
    ]
    return [
        "$global:_TorchupTable = @{",
        *rows,
        "}",
    ]


def _names(setup: Setup) -> list[str]:
    """What lists the environments that are there."""
    return [
        "function global:_TorchupNames {",
        f"  $place = {quoted(setup.home)}",
        "  if ($env:TORCHUP_HOME) { $place = $env:TORCHUP_HOME }",
        "  Get-ChildItem -Path (Join-Path $place 'envs\\*\\.torchup') -Force -ErrorAction Ignore |",
        "    ForEach-Object { $_.Parent.Name }",
        "  Get-ChildItem -Path (Join-Path $place 'places') -ErrorAction Ignore |",
        "    ForEach-Object { $_.Name }",
        "  Get-ChildItem -Path (Join-Path $place 'adopted\\*.json') -ErrorAction Ignore |",
        "    ForEach-Object { $_.BaseName }",
        "}",
    ]


def _completer(setup: Setup) -> list[str]:
    """What completes a word."""
    return [
        "Register-ArgumentCompleter -Native -CommandName torchup -ScriptBlock {",
        "  param($word, $tree, $at)",
        "  $typed = @($tree.CommandElements | Select-Object -Skip 1 |",
        "    Where-Object { $_.Extent.EndOffset -lt $at } | ForEach-Object { $_.ToString() })",
        "  $command = ''; $skip = $false",
        "  foreach ($one in $typed) {",
        "    if ($skip) { $skip = $false; continue }",
        f"    if ($one -in {_list(setup.valued)}) {{ $skip = $true }}",
        "    elseif (-not $one.StartsWith('-')) { $command = $one; break }",
        "  }",
        "  $row = $global:_TorchupTable[$command]",
        "  $before = if ($typed.Count) { $typed[-1] } else { '' }",
        "  $found = if (-not $command) { $global:_TorchupTable.Keys | Sort-Object }",
        "    elseif (-not $row) { @() }",
        "    elseif ($before -in $row[3]) { _TorchupNames }",
        "    elseif ($word.StartsWith('-')) { $row[0] }",
        "    elseif ($row[2]) { $row[1] + @(_TorchupNames) }",
        "    else { $row[1] }",
        '  $found | Where-Object { $_ -like "$word*" } | ForEach-Object {',
        "    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }",
        "}",
    ]


def _list(words: Iterable[str]) -> str:
    return ", ".join(map(quoted, words))
