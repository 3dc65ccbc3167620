#!/bin/sh
# Puts torchup on this host, in the user's own folder, unless it is there; then runs it.
# What follows the last line is an archive of wheels.
digest=@DIGEST@
mark() { printf '\n@torchup@ %s\n' "$*"; }
cannot() { mark cannot "$1"; [ -n "${2-}" ] && tail -n 5 "$2" 2>/dev/null; mark end; exit 1; }
base=@FOLDER@
bundle="@BUNDLE@"
# The Python that a bundle brings for this platform, unpacked; nothing where it brings none.
bundled() {
  [ -n "$bundle" ] && [ -e "$bundle" ] || return 1
  row=$(head -c 65536 "$bundle" | sed -n "s/^# linux-$(uname -m) //p" | head -n 1)
  case $row in ''|-*) return 1 ;; esac
  read -r place size sha256 _ <<ROW
$row
ROW
  home=$base/pythons/$sha256
  if [ ! -x "$home/python/bin/python3" ]; then
    rm -rf "$home" "$home.part"; mkdir -p "$home.part" || return 1
    tail -c "+$((place + 1))" "$bundle" | head -c "$size" >"$home.part/python.tar.gz" || return 1
    if command -v sha256sum >/dev/null 2>&1; then
      [ "$(sha256sum "$home.part/python.tar.gz" | cut -c 1-64)" = "$sha256" ] || return 1
    fi
    (cd "$home.part" && gzip -dc python.tar.gz | tar -xf - && rm -f python.tar.gz) || return 1
    mv "$home.part" "$home" || return 1
  fi
  python=$home/python/bin/python3
}
# torchup's own needs out of a bundle, whose Python they are for; nothing where it has none.
needs() {
  [ -n "$bundle" ] && [ -e "$bundle" ] || return 0
  "$python" - "$bundle" "$part/wheels" <<'UNPACK' 2>/dev/null && from="--no-index --find-links $part/wheels"
import json, os, platform, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as bundle:
    tools = json.loads(bundle.read("bundle.json"))["tools"]
    here = "linux-" + platform.machine()
    names = [one for tool in tools if tool["platform"] == here for one in tool["wheels"]]
    for one in names:
        if os.path.basename(one).startswith("torchup-"):
            continue  # the one that was sent is installed
        with open(os.path.join(sys.argv[2], os.path.basename(one)), "wb") as wheel:
            wheel.write(bundle.read(one))
sys.exit(not names)
UNPACK
}
tool=$base/$digest
if [ ! -e "$tool/.done" ]; then
  part=$base/.$digest.$$
  trap 'rm -rf "$part"' EXIT
  trap 'exit 130' INT TERM HUP
  said=$(mkdir -p "$part" 2>&1) || { mark cannot folder; printf '%s\n' "$said"; mark end; exit 1; }
  log=$part/log
  tail -n +@LINES@ "$0" | tar -xf - -C "$part" 2>"$log" || cannot unpack "$log"
  rm -rf "$tool"
  from=@FROM@
  python=
  bundled || for one in python3.13 python3.12 python3.11 python3.14 python3.10 python3; do
    if "$one" -c 'import sys, venv, ensurepip; ensurepip.version(); sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1; then
      python=$one; break
    fi
  done
  if [ -n "$python" ]; then
    needs
    "$python" -m venv "$tool" >"$log" 2>&1 || cannot environment "$log"
    "$tool/bin/python" -m pip install -q --disable-pip-version-check --no-input $from \
      "$part"/wheels/torchup-*.whl >"$log" 2>&1 || cannot install "$log"
  else
    uv=$(command -v uv 2>/dev/null)
    [ -z "$uv" ] && [ -x "$part/uv" ] && "$part/uv" --version >/dev/null 2>&1 && uv=$part/uv
    [ -n "$uv" ] || cannot python
    "$uv" venv -q --python '>=3.10' "$tool" >"$log" 2>&1 || cannot environment "$log"
    "$uv" pip install -q --python "$tool/bin/python" $from "$part"/wheels/torchup-*.whl \
      >"$log" 2>&1 || cannot install "$log"
  fi
  : >"$tool/.done"
  rm -rf "$part"
fi
mark answer
"$tool/bin/torchup" "$@" 2>/dev/null
mark exit $?
exit 0
