# Shared by the servers of this folder; sourced after lib/common.sh.
#
# A server is one file NAME.sh that defines, in terms of $run (its private directory) and $port:
#   NAME_install      fetches programs that Debian's release does not carry; quick when they are there
#   NAME_start        initialises $run if it is empty, starts the server in the background, returns when it answers
#   NAME_stop_signal  the signal that shuts it down in good order
#   NAME_url          prints the URL for the tests
#   NAME_version      prints what the running server says it is
# $durable (yes, no): flush on commit as a production server does. $large (yes, no): memory for benches.

# Programs that are not installed as packages. Root's home is closed to the user that the servers run as.
default_cache() {
    if [ "$(id -u)" = 0 ]; then
        echo /var/cache/turntable
    else
        echo "${XDG_CACHE_HOME:-$HOME/.cache}/turntable"
    fi
}
cache=${TURNTABLE_CACHE:-$(default_cache)}

# PostgreSQL refuses to run as root; then every server runs as this user.
server_user() {
    if getent passwd postgres >/dev/null; then echo postgres; else echo nobody; fi
}

# Fills $prefix: what turns a command into one of the server's user, in a clean environment.
server_prefix() {
    prefix=(env -i PATH="$PATH" HOME="$run" LC_ALL=C TZ=UTC)
    if [ "$(id -u)" = 0 ]; then
        prefix=(setpriv --reuid="$(server_user)" --regid="$(id -g "$(server_user)")" --clear-groups
            --inh-caps=-all "${prefix[@]}")
    fi
}

as_server() {
    local prefix
    server_prefix
    "${prefix[@]}" "$@"
}

own_by_server() {
    [ "$(id -u)" != 0 ] || chown "$(server_user)" "$@"
}

# usage: in_background COMMAND… ; output goes to the server's log, the process id to $run/pid. In a session of its own:
# an interrupt at the keyboard reaches the scripts, which then stop the server in its own way.
in_background() {
    local prefix
    server_prefix
    (exec setsid "${prefix[@]}" "$@") >>"$run/server.log" 2>&1 </dev/null &
    echo $! >"$run/pid"
}

is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A loopback port below the range that outgoing connections use.
free_port() {
    local candidate
    for _ in $(seq 100); do
        candidate=$((20000 + RANDOM % 12000))
        if is_free "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    die "no free port between 20000 and 32000"
}

# usage: until_answers SECONDS COMMAND… ; fails at once when the server has ended
until_answers() {
    local deadline=$((SECONDS + $1)) pid
    pid=$(cat "$run/pid")
    shift
    until "$@" >/dev/null 2>&1; do
        if ! kill -0 "$pid" 2>/dev/null || [ $SECONDS -ge $deadline ]; then
            tail -n 20 "$run/server.log" >&2
            return 1
        fi
        sleep 0.1
    done
}

# usage: stop_process PID SIGNAL SECONDS ; killed when it does not go
stop_process() {
    local pid=$1 deadline=$((SECONDS + $3))
    kill -s "$2" "$pid" 2>/dev/null || return 0
    while kill -0 "$pid" 2>/dev/null; do
        if [ $SECONDS -ge $deadline ]; then
            kill -s KILL "$pid" 2>/dev/null || true
        fi
        sleep 0.05
    done
}
