# MySQL, from Debian's unstable suite: Debian 12 carries none. The packages are downloaded with an apt state of their
# own and unpacked into the cache; they run under their own dynamic loader and libraries, so the system's stay untouched.

mysql_suite=${TURNTABLE_MYSQL_SUITE:-sid}
mysql_home=$cache/mysql-$mysql_suite

mysql_install() {
    [ ! -x "$mysql_home/mysqld" ] || return 0
    mkdir -p "$cache"
    exec 9>"$cache/mysql.lock" # a second server of this kind may ask at the same time
    flock 9
    [ ! -x "$mysql_home/mysqld" ] || return 0
    local work
    work=$(mktemp -d "$cache/unpack.XXXXXX")
    mysql_download "$work"
    mysql_unpack "$work"
    mysql_launcher "$work"
    chmod -R a+rX "$work"
    rm -rf "$mysql_home"
    mv "$work" "$mysql_home"
    "$mysql_home/mysqld" --no-defaults --version >/dev/null || die "the unpacked MySQL does not start"
}

mysql_download() {
    local work=$1 keyring
    keyring=$(ls /usr/share/keyrings/debian-archive-keyring.* 2>/dev/null | head -n 1)
    mkdir -p "$work"/apt/{sources,lists/partial,cache,debs/partial}
    : >"$work/apt/status"
    printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\n%s\n' "$(debian_mirror)" "$mysql_suite" \
        "${keyring:+Signed-By: $keyring}" >"$work/apt/sources/mysql.sources"
    # Signatures are checked; a mirror that is some days behind will do for a test server.
    local options=(-qq -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$work/apt/sources"
        -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null
        -o Dir::State="$work/apt" -o Dir::State::lists="$work/apt/lists" -o Dir::State::status="$work/apt/status"
        -o Dir::Cache="$work/apt/cache" -o Dir::Cache::archives="$work/apt/debs" -o APT::Sandbox::User=root
        -o Debug::NoLocking=1 -o Acquire::Languages=none -o Acquire::Retries=3 -o Acquire::Check-Valid-Until=false -o APT::Install-Recommends=0
        -o Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false -o APT::Get::Download-Only=1)
    say "fetching MySQL from Debian $mysql_suite"
    apt-get "${options[@]}" update >&2 || die "the package list of Debian $mysql_suite cannot be read"
    apt-get "${options[@]}" -y install mysql-server-core >&2 || die "the packages of MySQL cannot be fetched"
}

mysql_unpack() {
    local work=$1 package
    mkdir "$work/root"
    for package in "$work"/apt/debs/*.deb; do
        case ${package##*/} in perl* | libperl*) continue ;; esac # only maintenance scripts want it
        dpkg-deb -x "$package" "$work/root"
    done
    rm -rf "$work/apt" "$work/root/usr/share/doc" "$work/root/usr/share/man" "$work/root/usr/share/locale"
}

# mysqld under the unpacked loader; found relative to the launcher's final place.
mysql_launcher() {
    local work=$1 loader libraries
    loader=$(cd "$work" && find root -name 'ld-linux-*.so.*' | head -n 1)
    [ -n "$loader" ] || die "no dynamic loader among the packages of MySQL"
    libraries=$(cd "$work" && find root -name '*.so*' ! -path '*/plugin/*' ! -path '*/gconv/*' ! -path '*/sasl2/*' \
        ! -path '*/ossl-modules/*' -exec dirname {} \; | sort -u | sed "s#^#$mysql_home/#" | paste -sd :)
    cat >"$work/mysqld" <<LAUNCHER
#!/bin/sh
exec "$mysql_home/$loader" --library-path "$libraries" "$mysql_home/root/usr/sbin/mysqld" "\$@"
LAUNCHER
    chmod +x "$work/mysqld"
}

mysql_configuration() {
    local plugins
    plugins=$(dirname "$(find "$mysql_home/root/usr/lib" -name component_validate_password.so | head -n 1)")
    echo '[mysqld]'
    mysqlfamily_settings
    cat <<CONF
basedir=$mysql_home/root/usr
plugin-dir=$plugins
lc-messages-dir=$mysql_home/root/usr/share/mysql
character-sets-dir=$mysql_home/root/usr/share/mysql/charsets
mysqlx=OFF
gtid-mode=ON
enforce-gtid-consistency=ON
innodb-redo-log-capacity=$([ "$large" = yes ] && echo 2G || echo 200M)
CONF
}

mysql_start() {
    if [ ! -e "$run/initialised" ]; then
        rm -rf "$run/data" "$run/tmp"
        as_server mkdir "$run/data" "$run/tmp"
        mysql_configuration >"$run/my.cnf"
        mysqlfamily_users >"$run/users.sql"
        as_server "$mysql_home/mysqld" --defaults-file="$run/my.cnf" --initialize-insecure \
            --init-file="$run/users.sql" || {
            tail -n 20 "$run/server.log" >&2
            return 1
        }
        : >"$run/initialised"
    fi
    mysqlfamily_start "$mysql_home/mysqld" --defaults-file="$run/my.cnf"
}
mysql_stop_signal=TERM
mysql_url() { echo "mysql://root:turntable@127.0.0.1:$port/test"; }
mysql_version() { mysqlfamily_client -N -e "select concat('MySQL ', version())"; }
