# Shared by the scripts of this folder; sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

die() {
    say "error: $*"
    exit 1
}

# usage: help_and_exit TEXT
help_and_exit() {
    printf '%s\n' "$1"
    exit 0
}

wrong_argument() {
    say "unknown argument: $1 (see ${0##*/} --help)"
    exit 2
}

processors() { nproc 2>/dev/null || echo 2; }

# Runs a command such that a signal sent to this script alone ends it: bash would wait for a command in the foreground.
interruptible() {
    local child status=0
    "$@" <&0 &
    child=$!
    trap "kill -s TERM $child 2>/dev/null; wait $child; exit 130" INT
    trap "kill -s TERM $child 2>/dev/null; wait $child; exit 143" TERM HUP
    wait $child || status=$?
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    return $status
}
