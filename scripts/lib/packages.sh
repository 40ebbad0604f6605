# Installs what scripts/packages lists and this machine lacks. Sourced after common.sh.

# Prints the missing packages of the groups given.
missing_packages() {
    local group package command
    while read -r group package command; do
        case " $* " in *" $group "*) ;; *) continue ;; esac
        if [ -n "${command:-}" ] && command -v "$command" >/dev/null; then
            continue
        fi
        is_installed "$package" || echo "$package"
    done < <(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$root/scripts/packages")
}

is_installed() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Runs a command as root: directly, or through sudo; without a terminal sudo must not ask for a password.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif [ -t 0 ]; then
        sudo "$@"
    else
        sudo -n "$@"
    fi
}

require_root_right() {
    [ "$(id -u)" = 0 ] && return
    command -v sudo >/dev/null ||
        die "packages are missing, and neither root nor sudo is at hand. Ask an administrator to run: apt-get install $*"
    [ -t 0 ] || sudo -n true 2>/dev/null ||
        die "packages are missing, and sudo asks for a password while there is no terminal. Run first: sudo apt-get install $*"
}

# usage: need_packages GROUP… ; quick when nothing is missing
need_packages() {
    command -v dpkg-query >/dev/null || die "this is not Debian (no dpkg): install by hand what scripts/packages lists"
    local missing log
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    require_root_right "${missing[@]}"
    mkdir -p "$root/build"
    log=$root/build/packages.log
    say "installing ${missing[*]}"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update >"$log" 2>&1 </dev/null ||
        say "a package source did not answer; going on with what is known"
    without_services as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y --no-install-recommends install "${missing[@]}" >>"$log" 2>&1 </dev/null || {
        tail -n 20 "$log" >&2
        die "apt-get could not install: ${missing[*]}"
    }
}

# Debian's database packages start services when they are installed, and PostgreSQL's makes a cluster. The project only
# wants the programs, so both are switched off for the time of the installation.
without_services() {
    local cluster=/etc/postgresql-common/createcluster.d/turntable.conf policy=/usr/sbin/policy-rc.d own_policy=no status=0
    as_root mkdir -p "${cluster%/*}"
    echo 'create_main_cluster = false' | as_root tee "$cluster" >/dev/null
    if [ ! -e "$policy" ]; then
        own_policy=yes
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod +x "$policy"
    fi
    "$@" || status=$?
    as_root rm -f "$cluster"
    [ $own_policy = no ] || as_root rm -f "$policy"
    return $status
}

# The Debian mirror this machine already uses.
debian_mirror() {
    local found
    found=$(apt-get indextargets --format '$(REPO_URI) $(LABEL)' 'Created-By: Packages' 2>/dev/null |
        awk '$2 == "Debian" && !found++ { print $1 }')
    [ -n "$found" ] || found=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
        sed -nE 's#^(deb .*|URIs:.*)(https?://[^ ]*/debian)/?( .*|$)#\2#p' | sed -n 1p)
    [ -n "$found" ] || die "no Debian mirror among the apt sources of this machine"
    echo "$found"
}
