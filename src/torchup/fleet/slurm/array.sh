#!/bin/bash
# Looks at every compute node once, each by a task of a job array, and gathers what they said.
#
#   bash probe.sh [FOLDER]             on a login node: submits the array, and a job that gathers;
#                                      again: asks the nodes that have not answered yet
#   bash probe.sh --gather [FOLDER]    writes FOLDER.jsonl of what is there
#
# A node needs a POSIX shell and nothing else. FOLDER (torchup-probe) must be where all of them see
# it. Nodes with cards are asked for one of them, since Slurm may hide the cards from other jobs.
# @ABOUT@
#SBATCH --job-name=torchup-probe
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --time=00:05:00
#SBATCH --output=/dev/null
@SBATCH@
set -u
partition=@PARTITION@
most=1000 # tasks of one array, where Slurm's own limit is not lower

collect() { # asks this node; what it prints is read by torchup
  cat >"$1" <<'TORCHUP_COLLECT'
@COLLECT@
TORCHUP_COLLECT
  # What the job was given says nothing about the node.
  env -u CUDA_VISIBLE_DEVICES -u ROCR_VISIBLE_DEVICES -u HIP_VISIBLE_DEVICES -u ZE_AFFINITY_MASK sh "$1"
}

look() { # one task: keep what this node says, whole or not at all
  local node=${SLURMD_NODENAME:-$(hostname -s)} place
  place=$(mktemp -d) || exit 1
  # shellcheck disable=SC2064 # the folder as it is named now
  trap "rm -rf '$place'" EXIT
  collect "$place/collect.sh" >"$place/said" 2>/dev/null
  grep -q '^@torchup@ end' "$place/said" || exit 1
  {
    printf '{"schema":"torchup.collected/v1","host":"%s","text":"' "$node"
    base64 <"$place/said" | tr -d '\n'
    printf '"}\n'
  } >"$folder/.$node.$$" && mv "$folder/.$node.$$" "$folder/$node.json"
}

gather() {
  local one found=() missing=()
  while read -r one; do
    if [ -s "$folder/$one.json" ]; then found+=("$folder/$one.json"); else missing+=("$one"); fi
  done < <({ [ -f "$folder/nodes" ] && cat "$folder/nodes"; answered; } | sort -u)
  if [ "${#missing[@]}" -gt 0 ]; then say @SAY_MISSING@ "${missing[*]}"; fi
  if [ "${#found[@]}" -eq 0 ]; then say @SAY_NONE@ "$folder"; exit 1; fi
  cat "${found[@]}" >"$folder.jsonl.part" && mv "$folder.jsonl.part" "$folder.jsonl" || exit 1
  say @SAY_GATHERED@ "${#found[@]}"
  printf '%s\n' "torchup fleet plan @REQUIREMENT@--machines $(printf '%q' "$folder.jsonl")"
}

answered() { # the nodes that are there by whatever way
  local file
  for file in "$folder"/*.json; do
    if [ -s "$file" ]; then basename "$file" .json; fi
  done
}

jobs_of_all=()
submit() { # submit OPTION NODE…: an array whose tasks are each sent to a node of its own
  local extra=$1 job at node chunk
  shift
  while [ "$#" -gt 0 ]; do
    chunk=("${@:1:most}")
    shift "${#chunk[@]}"
    # Held until every task has its node.
    job=$(sbatch --parsable --hold --export=ALL --array="1-${#chunk[@]}" ${extra:+"$extra"} "$script") || exit 1
    job=${job%%;*}
    at=0
    for node in "${chunk[@]}"; do
      at=$((at + 1))
      if ! scontrol update "JobId=${job}_$at" "ReqNodeList=$node"; then
        scancel "$job"
        exit 1
      fi
    done
    scontrol release "$job" || exit 1
    jobs_of_all+=("$job")
  done
}

send() { # ask every node that has not answered yet
  local node state gres cards=() bare=() away=() limit all
  limit=$(scontrol show config 2>/dev/null | sed -n 's/^MaxArraySize *= *\([0-9][0-9]*\).*/\1/p')
  if [ -n "$limit" ] && [ "$limit" -le "$most" ] && [ "$limit" -gt 1 ]; then most=$((limit - 1)); fi
  all=$(sinfo --noheader --Node --format='%N|%T|%G' ${partition:+"--partition=$partition"}) || exit 1
  : >"$folder/nodes"
  while IFS='|' read -r node state gres; do
    [ -n "$node" ] || continue
    case $state in
      idle*|mix*|alloc*|comp*|res*|plan*) ;;
      *) away+=("$node"); continue ;;
    esac
    printf '%s\n' "$node" >>"$folder/nodes"
    if [ -s "$folder/$node.json" ]; then continue; fi
    case $gres in *gpu*) cards+=("$node") ;; *) bare+=("$node") ;; esac
  done < <(printf '%s\n' "$all" | sort -t '|' -k 1,1 -u)
  if [ "${#away[@]}" -gt 0 ]; then say @SAY_AWAY@ "${away[*]}"; fi
  if [ $((${#cards[@]} + ${#bare[@]})) -eq 0 ]; then gather; exit; fi
  if [ "${#cards[@]}" -gt 0 ]; then submit @CARDS@ "${cards[@]}"; fi
  if [ "${#bare[@]}" -gt 0 ]; then submit '' "${bare[@]}"; fi
  local after
  after=$(IFS=:; printf '%s' "${jobs_of_all[*]}")
  sbatch --parsable --export=ALL --dependency="afterany:$after" --job-name=torchup-gather "$script" --gather "$folder" >/dev/null || exit 1
  say @SAY_SUBMITTED@ $((${#cards[@]} + ${#bare[@]}))
  printf '%s\n' "squeue --me --name=torchup-probe,torchup-gather"
  say @SAY_RESULT@ "$folder.jsonl"
}

# shellcheck disable=SC2059 # the formats are this script's own
say() { printf "$1\n" "$2"; }

what=send
if [ "${1-}" = --gather ]; then what=gather; shift; elif [ -n "${SLURM_ARRAY_TASK_ID-}" ]; then what=look; fi
folder=${1:-${TORCHUP_PROBE:-${SLURM_SUBMIT_DIR:-$PWD}/torchup-probe}}
folder=${folder%/}
mkdir -p "$folder" && folder=$(cd "$folder" && pwd) || exit 1
script=$0
export TORCHUP_PROBE=$folder
$what
