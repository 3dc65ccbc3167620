#!/bin/sh
# torchup: from a machine that has nothing to PyTorch.
#
#   sh install.sh [--yes] [NAME]     with a network: takes everything from the nearest mirror
#   sh lab.torchup [--yes] [NAME]    without one: a bundle begins with this very script
#
# It needs a shell, gzip, tar, od, awk, sed, sort, head, tail, and curl or wget for a network.
# Nothing is changed outside ~/.local/bin/torchup and torchup's own folder (TORCHUP_HOME).
# Where each platform's Python lies in a bundle: place, size, sha256, program.
# TABLE

SERVED=''
SPEC="${TORCHUP_SPEC:-torchup}"
INDEXES="https://pypi.org/simple
https://pypi.tuna.tsinghua.edu.cn/simple
https://mirrors.ustc.edu.cn/pypi/simple
https://mirrors.aliyun.com/pypi/simple
https://mirrors.cloud.tencent.com/pypi/simple
https://mirrors.huaweicloud.com/repository/pypi/simple
https://mirror.nju.edu.cn/pypi/web/simple
https://mirrors.bfsu.edu.cn/pypi/web/simple"
PYTHONS="https://github.com/astral-sh/python-build-standalone/releases/download
https://registry.npmmirror.com/-/binary/python-build-standalone
https://mirror.nju.edu.cn/github-release/astral-sh/python-build-standalone
https://mirrors.ustc.edu.cn/github-release/astral-sh/python-build-standalone"
WAIT_S="${TORCHUP_WAIT_S:-10}"

case "${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}" in zh*) CHINESE=1 ;; *) CHINESE='' ;; esac

say() { if [ -n "$CHINESE" ]; then printf '%s\n' "$2"; else printf '%s\n' "$1"; fi; }

fail() {
  say "$1" "$2" >&2
  exit "${3:-3}"
}

have() { command -v "$1" >/dev/null 2>&1; }

need() {
  for program in "$@"; do
    have "$program" || fail "This needs $program, which is not here. Install it, then run this again." \
      "需要 $program，而本机没有。请先安装它，再运行一次。"
  done
}

platform_of() {
  machine=$(uname -m)
  case "$(uname -s)" in
    Linux) system=linux ;;
    Darwin) system=macos ;;
    *) system=other ;;
  esac
  case "$machine" in
    x86_64 | amd64) arch=x86_64 ;;
    aarch64 | arm64) if [ "$system" = macos ]; then arch=arm64; else arch=aarch64; fi ;;
    *) arch=$machine ;;
  esac
  echo "$system-$arch"
}

musl() { [ "$(echo /lib/ld-musl-*)" != '/lib/ld-musl-*' ]; }

home_of() {
  if [ -n "${TORCHUP_HOME:-}" ]; then
    echo "$TORCHUP_HOME"
  elif [ "$(uname -s)" = Darwin ]; then
    echo "$HOME/Library/Application Support/torchup"
  else
    echo "${XDG_DATA_HOME:-$HOME/.local/share}/torchup"
  fi
}

sha256_of() {
  if have sha256sum; then
    sha256sum "$1" | cut -c 1-64
  elif have shasum; then
    shasum -a 256 "$1" | cut -c 1-64
  elif have openssl; then
    openssl dgst -sha256 "$1" | sed 's/.*= *//'
  else
    fail "Nothing here can compute a sha256 (sha256sum, shasum or openssl)." \
      "本机没有能计算 sha256 的程序（sha256sum、shasum 或 openssl）。"
  fi
}

fetch() { # URL FILE
  if have curl; then
    curl -fsSL --connect-timeout 10 --retry 2 -o "$2" "$1" 2>/dev/null
  else
    wget -q -T 60 -O "$2" "$1" 2>/dev/null
  fi
}

answers() { # URL
  if have curl; then
    curl -fsSLI --connect-timeout 5 -m "$WAIT_S" -o /dev/null "$1" 2>/dev/null
  else
    wget -q -T "$WAIT_S" -t 1 --spider "$1" 2>/dev/null
  fi
}

# The part of a file: FILE START SIZE, to standard output.
part() { tail -c "+$(($2 + 1))" "$1" | head -c "$3"; }

bytes_of() { od -A n -v -t u1; }

# Take one file out of a zip without a program for zips: gzip knows its compression, and compares
# the checksum. ZIP PATTERN OUT
unzip_one() {
  # shellcheck disable=SC2046 # the numbers are words
  set -- "$1" "$2" "$3" $(tail -c 22 "$1" | bytes_of)
  [ $# -eq 25 ] && [ "$4 $5 $6 $7" = "80 75 5 6" ] || return 1
  shift_zip=$1 shift_out=$3 pattern=$2
  shift 3
  size=$((${13} + ${14} * 256 + ${15} * 65536 + ${16} * 16777216))
  place=$((${17} + ${18} * 256 + ${19} * 65536 + ${20} * 16777216))
  # shellcheck disable=SC2046 # one line of words
  set -- $(part "$shift_zip" "$place" "$size" | bytes_of | awk -v pattern="$pattern" '
    { for (i = 1; i <= NF; i++) b[n++] = $i }
    function u2(at) { return b[at] + b[at + 1] * 256 }
    function u4(at) { return u2(at) + u2(at + 2) * 65536 }
    function octal(at,   i, text) {
      for (i = at; i < at + 4; i++) text = text sprintf("\\%03o", b[i])
      return text
    }
    END {
      for (at = 0; at + 46 <= n && b[at] == 80 && b[at + 1] == 75; at = next_at) {
        next_at = at + 46 + u2(at + 28) + u2(at + 30) + u2(at + 32)
        name = ""
        for (i = 0; i < u2(at + 28); i++) name = name sprintf("%c", b[at + 46 + i])
        if (name ~ pattern) {
          print u2(at + 10), u4(at + 20), u4(at + 42), octal(at + 16) octal(at + 24)
          exit
        }
      }
    }')
  [ $# -eq 4 ] || return 1
  method=$1 packed=$2 header=$3 check=$4
  # shellcheck disable=SC2046 # four numbers
  set -- $(part "$shift_zip" $((header + 26)) 4 | bytes_of)
  data=$((header + 30 + $1 + $2 * 256 + $3 + $4 * 256))
  if [ "$method" = 0 ]; then
    part "$shift_zip" "$data" "$packed" >"$shift_out"
  else
    # shellcheck disable=SC2059 # the escapes are what is printed
    {
      printf '\037\213\010\000\000\000\000\000\000\003'
      part "$shift_zip" "$data" "$packed"
      printf "$check"
    } | gzip -dc >"$shift_out"
  fi
}

# Ask several places at once, and print them as they answered: as soon as one did, or after all
# had their time. first|all TAIL PLACES
raced() {
  patience=$1
  shift
  order=$work/order.$$
  : >"$order"
  echo "$2" | while read -r one; do
    [ -n "$one" ] || continue
    (answers "$one/$1" && echo "$one" >>"$order") >/dev/null 2>&1 &
  done
  waited=0
  while [ "$waited" -lt "$WAIT_S" ]; do
    [ "$patience" = first ] && [ -s "$order" ] && break
    sleep 1
    waited=$((waited + 1))
  done
  sleep 0.3 2>/dev/null || sleep 1
  cat "$order"
}

joined() { # PAGE HREF
  case "$2" in
    http://* | https://*) echo "$2" ;;
    /*) echo "$(echo "$1" | sed 's|^\([a-z]*://[^/]*\).*|\1|')$2" ;;
    *) echo "${1%/}/$2" ;;
  esac
}

# The newest uv of an index for this machine: version numbers, then the address. PAGE
uv_in() {
  case "$(platform_of)" in
    linux-*) if musl; then tag="musllinux_.*_$arch_tag"; else tag="manylinux_.*_$arch_tag"; fi ;;
    macos-*) tag="macosx_.*_$arch_tag" ;;
  esac
  # shellcheck disable=SC2020 # two characters, each to a line end
  tr '<>' '\n\n' <"$1" | sed -n 's/^a .*href="\([^"]*\)".*/\1/p' |
    sed -n "s|^\(.*/\)\{0,1\}uv-\([0-9]*\)\.\([0-9]*\)\.\([0-9]*\)-py3-none-$tag\.whl#sha256=.*|\2 \3 \4 &|p" |
    sort -k1,1n -k2,2n -k3,3n | tail -n 1
}

link() { # PROGRAM
  bin="$HOME/.local/bin"
  mkdir -p "$bin" && ln -sf "$1" "$bin/torchup"
  case ":$PATH:" in
    *":$bin:"*) ;;
    *) say "Add this to your shell's profile, so that torchup is found:" "把这一行加到 shell 的配置文件里，以便找到 torchup："
      # shellcheck disable=SC2016 # the user's shell expands it
      echo '  export PATH="$HOME/.local/bin:$PATH"' ;;
  esac
}

from_bundle() { # BUNDLE WORDS...
  bundle=$1
  shift
  platform=$(platform_of)
  # shellcheck disable=SC2046 # the row is four words
  row=$(head -c 65536 "$bundle" | sed -n "s/^# $platform //p" | head -n 1)
  [ -n "$row" ] || fail "$bundle is for other machines than this one ($platform)." \
    "$bundle 不适用于这台机器（$platform）。" 1
  if [ "$row" = - ]; then
    for python in python3 python; do
      have "$python" && "$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))' && {
        "$python" "$bundle" "$@"
        return
      }
    done
    fail "$bundle brings no Python along, and this machine has none." \
      "$bundle 没有带 Python，本机也没有。" 1
  fi
  need tar gzip
  # shellcheck disable=SC2086 # four words
  set -- $row "$@"
  place=$1 size=$2 sha256=$3
  shift 4
  say "Unpacking Python …" "正在解开 Python ……"
  part "$bundle" "$place" "$size" >"$work/python.tar.gz" || fail "No room in $work." "$work 空间不足。"
  [ "$(sha256_of "$work/python.tar.gz")" = "$sha256" ] ||
    fail "$bundle is damaged: its Python is not what it should be. Copy it once more." \
      "$bundle 已损坏：其中的 Python 不是应有的内容。请重新复制一次。" 2
  (cd "$work" && gzip -dc python.tar.gz | tar -xf -) || fail "No room in $work." "$work 空间不足。"
  rm -f "$work/python.tar.gz"
  "$work/python/bin/python3" "$bundle" "$@"
}

index_of() {
  if [ -n "$SERVED" ]; then
    echo "$SERVED/simple"
  else
    named=${TORCHUP_INDEX:-${UV_DEFAULT_INDEX:-${PIP_INDEX_URL:-}}}
    printf '%s\n' "${named%/}"
  fi
}

# An address as it may be shown: a login stays with the user.
bare() { printf '%s\n' "$1" | sed 's|://[^/]*@|://|'; }

get_uv_from() { # INDEX
  fetch "$1/uv/" "$work/page" || return 1
  found=$(uv_in "$work/page")
  [ -n "$found" ] || return 1
  href=${found#* * * }
  shown=$(bare "$1")
  say "Fetching uv from $shown" "正在从 $shown 下载 uv"
  fetch "$(joined "$1/uv" "${href%%#*}")" "$work/uv.whl" || return 1
  [ "$(sha256_of "$work/uv.whl")" = "${href##*#sha256=}" ] || return 1
  unzip_one "$work/uv.whl" 'scripts/uv$' "$work/uv" && chmod +x "$work/uv"
}

get_uv() {
  case "$(platform_of)" in
    *-x86_64) arch_tag=x86_64 ;;
    linux-aarch64) arch_tag=aarch64 ;;
    macos-arm64) arch_tag=arm64 ;;
    *) fail "There is no torchup for $(platform_of) yet." "torchup 还不支持 $(platform_of)。" 1 ;;
  esac
  named=$(index_of)
  if [ -n "$named" ]; then
    index=$named
    get_uv_from "$index" && return
  else
    say "Looking for the nearest mirror …" "正在寻找最近的镜像……"
    for patience in first all; do
      for index in $(raced "$patience" uv/ "$INDEXES"); do
        get_uv_from "$index" && return
      done
    done
  fi
  named=$(bare "$named")
  fail "No package index could be reached (${named:-PyPI and its mirrors}). Check the network or the proxy (HTTPS_PROXY), name one (TORCHUP_INDEX=https://…/simple), or bring a bundle: sh lab.torchup" \
    "连不上任何软件包索引（${named:-PyPI 及其镜像}）。请检查网络或代理（HTTPS_PROXY），指定一个（TORCHUP_INDEX=https://…/simple），或者带来一个离线包：sh lab.torchup"
}

# Where Pythons are fetched from: the user's own mirror, or the first that has the newest one.
python_mirror() {
  [ -z "${UV_PYTHON_INSTALL_MIRROR:-}" ] && [ -z "${UV_PYTHON_DOWNLOADS_JSON_URL:-}" ] || return 0
  if [ -n "$SERVED" ]; then
    UV_PYTHON_DOWNLOADS_JSON_URL="$SERVED/python/downloads.json"
    export UV_PYTHON_DOWNLOADS_JSON_URL
    return 0
  fi
  listed=$("$work/uv" python list '>=3.10' --only-downloads --show-urls --output-format json |
    tr ',' '\n' | sed -n 's/.*"url":"\([^"]*\)".*/\1/p' | head -n 1)
  [ -n "$listed" ] || return 0
  rest=${listed#*/releases/download/}
  answers "$listed" && return 0
  mirror=$(raced first "$rest" "$PYTHONS" | head -n 1)
  if [ -n "$mirror" ]; then
    UV_PYTHON_INSTALL_MIRROR=$mirror
    export UV_PYTHON_INSTALL_MIRROR
  fi
}

make_tool() {
  had=''
  [ -x "$tool/bin/python" ] && had=1
  if [ -z "$had" ]; then
    say "Fetching Python" "正在下载 Python"
    UV_PYTHON_PREFERENCE=only-managed "$work/uv" venv -q --clear --python '>=3.10' "$tool" 2>"$work/said" ||
      UV_PYTHON_DOWNLOADS=never "$work/uv" venv -q --clear --python '>=3.10' "$tool" 2>>"$work/said" || {
      cat "$work/said" >&2
      fail "Python could not be fetched, and this machine has none that is new enough (3.10)." \
        "无法下载 Python，本机也没有足够新的版本（3.10）。"
    }
  fi
  say "Installing torchup" "正在安装 torchup"
  "$work/uv" pip install -q --upgrade --python "$tool" --default-index "$index" "$SPEC" 2>"$work/said" || {
    cat "$work/said" >&2
    [ -n "$had" ] || rm -rf "$tool"
    shown=$(bare "$index")
    fail "torchup could not be installed from $shown." "无法从 $shown 安装 torchup。"
  }
}

from_network() { # WORDS...
  have curl || need wget
  need gzip od awk sed sort head tail
  home=$(home_of)
  tool="$home/tool"
  mkdir -p "$home" || fail "$home can't be written." "无法写入 $home。"
  get_uv
  UV_PYTHON_INSTALL_DIR="$home/pythons" UV_NO_CONFIG=1 UV_CACHE_DIR="$work/cache"
  export UV_PYTHON_INSTALL_DIR UV_NO_CONFIG UV_CACHE_DIR
  python_mirror
  make_tool
  link "$tool/bin/torchup"
  unset UV_PYTHON_INSTALL_DIR UV_NO_CONFIG UV_CACHE_DIR
  UV_DEFAULT_INDEX=$index
  export UV_DEFAULT_INDEX
  if [ -n "$SERVED" ]; then
    TORCHUP_FRAMEWORK_INDEX="$SERVED/whl"
    export TORCHUP_FRAMEWORK_INDEX
  fi
  if [ -t 0 ] || [ ! -t 1 ]; then
    "$tool/bin/torchup" start "$@"
  else # this script came through a pipe; the questions are for the terminal
    "$tool/bin/torchup" start "$@" </dev/tty
  fi
}

usage() {
  say "Installs torchup for this user, shows what fits this machine, and offers to make the first
environment.
  sh FILE [--yes] [NAME]     NAME: what to call it; --yes: without asking
  TORCHUP_HOME=DIR           where everything lies" "为当前用户安装 torchup，显示适合本机的组合，并提议建立第一个环境。
  sh 文件 [--yes] [环境名]   --yes：不询问
  TORCHUP_HOME=文件夹        一切内容的存放处"
}

main() {
  case "${1:-}" in -h | --help)
    usage
    exit 0
    ;;
  esac
  umask 022
  work=$(mktemp -d 2>/dev/null) || {
    work="${TMPDIR:-/tmp}/torchup-install-$$"
    mkdir -m 700 "$work" || exit 3
  }
  # shellcheck disable=SC2154,SC2064 # the folder is known now
  trap "rm -rf '$work'" EXIT
  trap 'exit 130' INT TERM
  if [ -f "$0" ] && head -c 65536 "$0" | grep -q '^# [a-z]*-[a-z0-9_]* [0-9-]'; then
    from_bundle "$0" "$@"
  elif [ $# -gt 0 ] && [ -f "$1" ] && [ "${1%.torchup}" != "$1" ]; then
    sh "$@"
  else
    from_network "$@"
  fi
}

main "$@"; exit $?
