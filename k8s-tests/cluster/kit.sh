# Settings and steps of all scripts in this folder; sourced, never run.
#
# The kit provisions a kind cluster where container registries cannot be
# reached, and only package registries (Debian, PyPI, the Go module proxy) can.
# What is downloaded or built is kept in $CLUSTER_CACHE, so that a second run
# finds its work done. Clients are used as the machine has them configured; no
# registry is named here.
# shellcheck shell=bash
set -euo pipefail
umask 022

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)

CLUSTER_NAME=${CLUSTER_NAME:-elt}
CLUSTER_CACHE=${CLUSTER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/elt-kind}
# A folder with ready-built binaries, see node-binaries; none is needed.
CLUSTER_SEED=${CLUSTER_SEED-$ROOT/../shared/cluster/seed}
# A file of the project's own: the user's current context stays what it is.
export KUBECONFIG=${CLUSTER_KUBECONFIG:-$ROOT/.cache/kubeconfig}

# A Python with pip: the one of `make setup`, as a slim machine's own has none.
PYTHON=$ROOT/.venv/bin/python
[ -x "$PYTHON" ] || PYTHON=python3

BIN=$CLUSTER_CACHE/bin
LOGS=$CLUSTER_CACHE/logs
export PATH="$ROOT/.cache/helm:$BIN:$PATH"

# The Kubernetes version is that of the modules which the node is built from.
K8S_VERSION=v$(awk '$1 == "k8s.io/kubernetes" {print substr($2, 2)}' "$HERE/go/nodebin/go.mod")
# shellcheck disable=SC2034 # of is-needed, node-image and up
NODE_IMAGE=elt/kind-node:$K8S_VERSION

# The label of an image made here: it stands for the sources it was made from.
LABEL=elt.cluster.sources

say() { printf '  %s\n' "$*" >&2; }
die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# step LOG TEXT COMMAND...: runs COMMAND with its output in a log file, and prints
# one line: TEXT and how long it took. The script ends if COMMAND fails.
step() {
    local log=$LOGS/$1.log text=$2 status start=$SECONDS
    shift 2
    mkdir -p "$LOGS"
    printf '  %-58s' "$text" >&2
    # Not `if` or `||`: they would switch errexit off inside COMMAND.
    set +e
    (
        set -e
        "$@"
    ) >"$log" 2>&1
    status=$?
    set -e
    if [ "$status" -ne 0 ]; then
        printf 'failed\n' >&2
        tail -n 40 "$log" >&2
        die "$text: exit code $status; the whole log is $log"
    fi
    printf '%4d s\n' $((SECONDS - start)) >&2
}

# checksum PATH...: one checksum over files and folders, to tell whether what was
# built from them is out of date.
checksum() {
    (cd "$HERE" && find "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum) |
        sha256sum | cut -c1-16
}

# engine_answers: whether there is a Docker engine.
engine_answers() { docker info >/dev/null 2>&1; }

# image_id IMAGE, image_key IMAGE: its ID, and what it was made from (empty for an
# image that was not made here); both fail when there is no such image.
image_id() { docker image inspect -f '{{.Id}}' "$1" 2>/dev/null; }
image_key() { docker image inspect -f "{{index .Config.Labels \"$LABEL\"}}" "$1" 2>/dev/null; }

# is_current IMAGE KEY: whether IMAGE is there, made from the sources KEY stands
# for, or not made here: then it is the real one, and stays.
is_current() {
    local key
    key=$(image_key "$1") || return 1
    [ -z "$key" ] || [ "$key" = "$2" ]
}

# cluster_exists: whether kind knows the cluster, running or not.
cluster_exists() { kind get clusters 2>/dev/null | grep -qx "$CLUSTER_NAME"; }
