# What torchup's probe looks at on a Linux machine, asked by a POSIX shell: no Python is needed.
# It prints records, changes nothing, and takes a second or two. torchup replays what it printed.
LC_ALL=C; export LC_ALL
PATH="${PATH:-/usr/bin:/bin}:/usr/sbin:/sbin"
mark() { printf '\n@torchup@ %s\n' "$*"; }
have() { command -v "$1" >/dev/null 2>&1; }
slow() { if have timeout; then timeout 20 "$@" </dev/null; else "$@" </dev/null; fi; }
whole() { if have readlink; then readlink -f "$1" 2>/dev/null || printf '%s\n' "$1"; else printf '%s\n' "$1"; fi; }
text() { if [ -f "$1" ] && [ -r "$1" ]; then mark file "$1"; tr -d '\000' <"$1" 2>/dev/null; fi; }
texts() { for one in "$@"; do text "$one"; done; }
names() { if [ -d "$1" ]; then mark folder "$1"; ls "$1" 2>/dev/null; fi; }
link() { target=$(whole "$1"); if [ "$target" != "$1" ]; then mark link "$1"; printf '%s\n' "$target"; fi; }
ran() { # ran NAME PROGRAM ARGUMENTS…
  id=$1; shift
  said=$(slow "$@" 2>&1); code=$?
  mark ran "$id" "$code" "$1"; printf '%s\n' "$said"
}

mark begin 1
mark system "$(uname -s)" "$(uname -m)"
mark now "$(date -u +%Y-%m-%dT%H:%M:%S+00:00)"
have getconf && mark libc "$(getconf GNU_LIBC_VERSION 2>/dev/null)"
for name in @VARIABLES@; do
  eval "value=\${$name-}"
  if [ -n "$value" ]; then mark env "$name"; printf '%s\n' "$value"; fi
done

texts /etc/os-release /usr/lib/os-release /proc/sys/kernel/osrelease /proc/meminfo /proc/1/cgroup \
  /.dockerenv /run/.containerenv /proc/device-tree/model /proc/device-tree/compatible /etc/nv_tegra_release
if [ -r /proc/cpuinfo ]; then
  # One core's flags tell of all; the rest of a large machine would be half a megabyte.
  mark file /proc/cpuinfo
  if have awk; then awk -F: '/^processor/ || !seen[$1]++' /proc/cpuinfo; else cat /proc/cpuinfo; fi
fi
for loader in /lib/ld-musl-*; do
  if [ -x "$loader" ]; then mark folder /lib; ls /lib; ran plain "$loader"; fi
done
for folder in /lib /lib64 /usr/lib64 /lib/x86_64-linux-gnu /lib/aarch64-linux-gnu; do link "$folder/libc.so.6"; done

[ -d /sys/bus ] && mark folder /sys/bus
for device in /sys/bus/pci/devices/*; do
  kind=; [ -r "$device/class" ] && read -r kind <"$device/class"
  case $kind in
    0x03*|0x12*|0x0b*)
      texts "$device/class" "$device/vendor" "$device/device" "$device/subsystem_vendor" \
        "$device/subsystem_device" "$device/mem_info_vram_total"
      link "$device/driver" ;;
  esac
done
mark folder /dev; ls /dev 2>/dev/null | grep -E '^(nvidia|nvhost|nvgpu|kfd|dxg|dri|accel)'
texts /proc/driver/nvidia/version /proc/driver/nvidia/gpus/*/information /sys/module/nvidia/version \
  /sys/module/amdgpu/version /sys/module/amdgpu/initstate /sys/class/kfd/kfd/topology/nodes/*/properties
for folder in /proc/driver/nvidia /sys/module/nvidia /sys/module/nouveau /sys/module/amdgpu /usr/lib/wsl/lib; do names "$folder"; done
for folder in /usr/lib/x86_64-linux-gnu /usr/lib64 /usr/lib/aarch64-linux-gnu /usr/lib/wsl/lib; do
  [ -e "$folder/libcuda.so.1" ] && { mark there "$folder/libcuda.so.1"; link "$folder/libcuda.so.1"; }
done
for program in nvidia-smi nvcc rocminfo amd-smi c++ g++ clang++; do
  path=$(command -v "$program" 2>/dev/null)
  case $path in
    /*) mark program "$program"; printf '%s\n' "$path"; mark executable "$path"; link "$path" ;;
  esac
done
smi=$(command -v nvidia-smi 2>/dev/null)
[ -z "$smi" ] && [ -x /usr/lib/wsl/lib/nvidia-smi ] && { smi=/usr/lib/wsl/lib/nvidia-smi; mark executable "$smi"; }
if [ -n "$smi" ]; then
  ran smi-capability "$smi" '@SMI_CAPABILITY@' --format=csv,noheader
  [ "$code" = 0 ] || ran smi "$smi" '@SMI@' --format=csv,noheader
  ran plain "$smi"
fi
for program in rocminfo /opt/rocm/bin/rocminfo; do
  path=$(command -v "$program" 2>/dev/null)
  [ -n "$path" ] && { mark executable "$path"; ran plain "$path"; break; }
done
for program in amd-smi /opt/rocm/bin/amd-smi; do
  path=$(command -v "$program" 2>/dev/null)
  [ -n "$path" ] && { mark executable "$path"; ran amd-smi "$path" @AMD_SMI@; break; }
done

for folder in /usr/local/cuda /usr/local/cuda-* /opt/cuda "${CUDA_HOME-}" "${CUDA_PATH-}"; do
  if [ -n "$folder" ] && [ -d "$folder" ]; then
    mark folder "$(whole "$folder")"; link "$folder"
    texts "$folder/version.json" "$folder/version.txt"
    if [ -r "$folder/include/cuda.h" ]; then
      mark file "$(whole "$folder")/include/cuda.h"; grep 'define CUDA_VERSION' "$folder/include/cuda.h"
    fi
  fi
done
for folder in /opt/rocm /opt/rocm-*; do
  if [ -d "$folder" ]; then link "$folder"; mark folder "$folder"; text "$folder/.info/version"; fi
done

asked=' '
python() { # one file that may be an interpreter
  if [ -f "$1" ] && [ -x "$1" ]; then
    real=$(whole "$1"); link "$1"
    case $asked in
      *" $real "*) ;;
      *) asked="$asked$real "; mark executable "$real"; ran python "$real" -E -s -S -c '@ASK@' ;;
    esac
  fi
}
old=$IFS; IFS=:; set -f
for folder in /usr/bin /usr/local/bin $PATH; do
  IFS=$old; set +f
  if [ -n "$folder" ] && [ ! -e "$folder/../pyvenv.cfg" ]; then
    for path in "$folder"/python "$folder"/python[23] "$folder"/python[23].[0-9] "$folder"/python3.[0-9][0-9] \
      "$folder"/python3.[0-9][0-9]t "$folder"/pypy3 "$folder"/pypy3.[0-9]*; do python "$path"; done
  fi
  IFS=:; set -f
done
IFS=$old; set +f
for base in "${PYENV_ROOT:-${HOME-}/.pyenv}"/versions/* "${UV_PYTHON_INSTALL_DIR:-${HOME-}/.local/share/uv/python}"/* \
  "${HOME-}"/miniconda3 "${HOME-}"/anaconda3 "${HOME-}"/miniforge3 "${HOME-}"/mambaforge \
  /opt/miniconda3 /opt/anaconda3 /opt/miniforge3 /opt/mambaforge /opt/conda; do
  for name in python python3 pypy3; do
    if [ -x "$base/bin/$name" ]; then python "$base/bin/$name"; break; fi
  done
done

if have df; then
  for place in "${TORCHUP_HOME-}" "${HOME-}" "${TMPDIR:-/tmp}"; do
    if [ -d "$place" ]; then mark room "$place"; df -Pk "$place" 2>/dev/null | tail -n 1; fi
  done
fi
mark end
