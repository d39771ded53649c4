# Shell functions shared by the scripts of this directory and by tests/run and tests/bench. Sourced, never run.
# Progress goes to stderr; stdout of a server script carries KEY=VALUE lines and nothing else.
# shellcheck shell=bash disable=SC2034

# How long a server may take to answer after its start, and to end after TERM, in seconds.
START_SECONDS_MAX=60
STOP_SECONDS_MAX=30
# Where a server listens. SERVER_ADDRESS is another address of this machine, for a test that cuts a network.
ADDRESS=${SERVER_ADDRESS:-127.0.0.1}
# How many free ports are tried when another process is quicker than the server.
PORT_ATTEMPTS_MAX=5

say() { echo "$*" >&2; }

fail() {
    say "error: $*"
    exit 1
}

# as_root COMMAND...: runs it as root, or says who has to.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        sudo -n "$@"
    else
        fail "this needs root: run '$*' as root, then try again"
    fi
}

# apt_install PACKAGE...: installs Debian packages. A service that a package brings along is neither
# started now nor at the next boot: the tests run servers of their own.
apt_install() {
    command -v apt-get >/dev/null 2>&1 || fail "please install by hand what Debian calls: $*"
    say "installing $* ..."
    local guard=/usr/sbin/policy-rc.d guarded=no status=0 unit
    if [ ! -e "$guard" ]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$guard" >/dev/null
        as_root chmod 755 "$guard"
        guarded=yes
    fi
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300)
    { as_root "${apt[@]}" update && as_root "${apt[@]}" install -y --no-install-recommends "$@"; } >&2 || status=$?
    if [ "$guarded" = yes ]; then as_root rm -f "$guard"; fi
    [ "$status" = 0 ] || fail "apt-get could not install: $*"
    if [ -d /run/systemd/system ]; then
        for unit in "$@"; do
            as_root systemctl disable "$unit" >/dev/null 2>&1 || say "($unit has no service to disable)"
        done
    fi
}

# need_command NAME PACKAGE...: installs the packages unless the command is there.
need_command() {
    local name=$1
    shift
    command -v "$name" >/dev/null 2>&1 || apt_install "$@"
    command -v "$name" >/dev/null 2>&1 || fail "'$name' is still missing after installing $*"
}

# free_port: a port of this address on which nobody answers. From the range below the one the kernel
# gives to outgoing connections. Another process may still take it first: the caller tries again.
free_port() {
    local port
    while :; do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
        if ! answers "$port"; then
            echo "$port"
            return
        fi
    done
}

# answers PORT: something accepts connections there, at this address or at the loopback address.
answers() { (exec 3<>"/dev/tcp/$ADDRESS/$1") 2>/dev/null || (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# wait_for SECONDS COMMAND...: repeats the command until it succeeds or the time is over.
wait_for() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.1
    done
}

# pid_of FILE WORD: prints the pid in FILE when that process lives and names WORD on its command line
# (a pid alone may by now belong to somebody else).
pid_of() {
    local pid
    [ -s "$1" ] || return 1
    pid=$(head -n 1 "$1")
    { tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF -- "$2"; } 2>/dev/null || return 1
    echo "$pid"
}

# gone PID...: no process of the list is left (one that is only waiting to be reaped counts as gone).
gone() {
    local pid
    for pid in "$@"; do
        if [ -e "/proc/$pid" ] && ! grep -q '^State:.*Z' "/proc/$pid/status" 2>/dev/null; then return 1; fi
    done
}

# end_process PID SIGNAL: sends the signal and waits; after the deadline KILL ends the process.
end_process() {
    kill -s "$2" "$1" 2>/dev/null || return 0
    if ! wait_for "$STOP_SECONDS_MAX" gone "$1"; then
        say "process $1 did not end within $STOP_SECONDS_MAX s of $2: killing it"
        kill -s KILL "$1" 2>/dev/null || true
        wait_for "$STOP_SECONDS_MAX" gone "$1" || fail "process $1 does not end"
    fi
}

# in_background LOG COMMAND...: starts the command apart from the terminal and prints its pid, so that
# Ctrl-C reaches only the script, which then stops its servers in order.
in_background() {
    local log=$1
    shift
    setsid "$@" >>"$log" 2>&1 </dev/null 9>&- &
    echo $!
}

# lock DIR: only one script at a time works in DIR. Released when the script ends.
lock() {
    exec 9>"$1/.lock"
    flock -w 900 9 || fail "another script has been working in $1 for 15 minutes"
}

# try_ports DIR START: calls START with the port kept in DIR/port, or else with free ones until a start
# succeeds. A restart therefore answers where its clients expect it.
try_ports() {
    local dir=$1 start=$2 attempt port
    if [ -s "$dir/port" ]; then
        "$start" "$(cat "$dir/port")" || fail "no start on the port of before; see the logs in $dir"
        return
    fi
    for attempt in $(seq "$PORT_ATTEMPTS_MAX"); do
        port=$(free_port)
        if "$start" "$port"; then
            echo "$port" >"$dir/port"
            return
        fi
        say "attempt $attempt on port $port failed"
    done
    fail "no start after $PORT_ATTEMPTS_MAX attempts; see the logs in $dir"
}

# start_servers DIR SERVER...: starts them with their data below DIR and exports what they print. Run at the
# top of the repository.
start_servers() {
    local dir=$1 server lines
    shift
    for server in "$@"; do
        lines=$(tests/servers/$server start "$dir/$server") || fail "$server does not start"
        export "${lines?}"
    done
}

# stop_servers DIR SERVER...: stops them; one that does not stop does not keep the others.
stop_servers() {
    local dir=$1 server
    shift
    for server in "$@"; do
        tests/servers/$server stop "$dir/$server" || say "$server was not stopped"
    done
}

# clear_scratch DIR STATUS: removes DIR; after a failure its logs stay.
clear_scratch() {
    if [ "$2" = 0 ]; then
        rm -rf "$1"
    else
        find "$1" -type f ! -name '*.log*' -delete
        say "logs: $1"
    fi
}

# run_action SCRIPT ACTION DIR: the command line that all server scripts share. The script has defined
# server_start, server_stop and server_kill, and server_overflow where it can; DIR is made absolute and handed over.
run_action() {
    local script=$1 action=${2:-} dir=${3:-}
    case "$action" in start | stop | kill | overflow) ;; *) usage "$script" ;; esac
    if [ -z "$dir" ] || [ $# != 3 ]; then usage "$script"; fi
    if [ "$action" != start ] && [ ! -d "$dir" ]; then return 0; fi
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd)
    lock "$dir"
    "server_$action" "$dir"
}

usage() {
    say "usage: tests/servers/$1 start|stop|kill|overflow DIR"
    say "  start  starts the server with its data in DIR, waits until it answers, prints KEY=VALUE;"
    say "         once more is harmless, and after stop or kill it goes on with the same data and port"
    say "  stop   ends it in order;  kill  ends it at once (kill -9), as a power failure would"
    say "  overflow  (Kafka, PostgreSQL) where its disk is full: has it write, and waits until it has ended by that"
    exit 2
}
