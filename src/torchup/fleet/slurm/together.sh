#!/bin/bash
# Lets the nodes of an allocation compute together through torchrun, after every way between them
# was tried: torch by itself waits for minutes on one that is closed.
#
#   sbatch together.sh               as many nodes as the line below says, or: sbatch --nodes=4 together.sh
#
# The environment and the folder of this job must be where all nodes see them.
# @ABOUT@
#SBATCH --job-name=torchup-together
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --time=@MINUTES@
@SBATCH@
set -u
python=${TORCHUP_PYTHON:-@PYTHON@}
torchup=${TORCHUP:-@TORCHUP@}
port=${MASTER_PORT:-@PORT@}
size=@SIZE@   # MiB that are sent
limit=${TORCHUP_WAIT:-@LIMIT@} # seconds that nodes wait for each other before torch is started
longest=${TORCHUP_TIME_LIMIT:-@TORCH_LIMIT@} # seconds that torch may take

if [ -z "${SLURM_JOB_NODELIST-}" ]; then
  say=@SAY_OUTSIDE@
  printf '%s\n' "$say" >&2
  exit 2
fi
# Where the user came from is no way between the nodes.
unset SSH_CONNECTION
place=$(mktemp -d "${SLURM_SUBMIT_DIR:-$PWD}/.torchup-together.XXXXXX") || exit 1
trap 'rm -rf "$place"' EXIT
cat >"$place/payload_meet.py" <<'TORCHUP_MEET'
@MEET@
TORCHUP_MEET
cat >"$place/payload_allocation.py" <<'TORCHUP_ALLOCATION'
@ALLOCATION@
TORCHUP_ALLOCATION
cat >"$place/payload_together.py" <<'TORCHUP_TOGETHER'
@TOGETHER@
TORCHUP_TOGETHER

mapfile -t nodes < <(scontrol show hostnames "$SLURM_JOB_NODELIST")
MASTER_ADDR=${nodes[0]}
count=${#nodes[@]}
export MASTER_ADDR MASTER_PORT=$port place python port size limit longest count
each() { # run a line of shell on every node at once; its standard error comes along
  srun --nodes="$count" --ntasks="$count" --ntasks-per-node=1 --kill-on-bad-exit=0 sh -c "$1"
}

# The address that Slurm itself reaches a node by.
for node in "${nodes[@]}"; do
  scontrol show node "$node" | sed -n 's/.*NodeAddr=\([^ ]*\).*/\1/p' >"$place/$node.address"
done
# shellcheck disable=SC2016 # each node puts its own name in
each '"$python" "$place/payload_allocation.py" where "$place" "$SLURMD_NODENAME"'
# shellcheck disable=SC2016
each '"$python" "$place/payload_allocation.py" meet "$place" "$SLURMD_NODENAME" "$count" "$port" "$limit"'
if "$python" "$place/payload_allocation.py" all-met "$place" "$count"; then
  # The interface that others reach the node by, unless the user has named one.
  # shellcheck disable=SC2016
  each 'name=$("$python" "$place/payload_allocation.py" interface "$place" "$SLURMD_NODENAME")
    if [ -n "$name" ]; then
      export GLOO_SOCKET_IFNAME="${GLOO_SOCKET_IFNAME:-$name}" NCCL_SOCKET_IFNAME="${NCCL_SOCKET_IFNAME:-$name}"
    fi
    ended=
    command -v timeout >/dev/null && ended="timeout -k 10 $longest"
    $ended "$python" -m torch.distributed.run --nnodes="$count" --node-rank="$SLURM_NODEID" --nproc-per-node=1 \
      --master-addr="$MASTER_ADDR" --master-port="$MASTER_PORT" "$place/payload_together.py" "$size" >"$place/$SLURMD_NODENAME.result"
    case $? in @LATE@|137) printf "%s\n" "$longest" >"$place/$SLURMD_NODENAME.late" ;; esac'
fi
answers=torchup-together-$SLURM_JOB_ID.json
"$python" "$place/payload_allocation.py" answers "$place" "${nodes[@]}" >"$answers" || exit 1
if [ -x "$torchup" ]; then
  "$torchup" fleet verify @NAME@ --together --answers "$answers"
else
  printf '%s\n' "torchup fleet verify @NAME@ --together --answers $answers"
  "$python" "$place/payload_allocation.py" good "$answers"
fi
