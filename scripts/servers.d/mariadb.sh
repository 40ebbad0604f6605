# MariaDB, from Debian's packages mariadb-server-core and mariadb-client-core.

mariadb_install() {
    command -v mariadbd >/dev/null || [ -x /usr/sbin/mariadbd ] || die "MariaDB is not installed (package mariadb-server-core)"
}

mariadb_start() {
    if [ ! -e "$run/initialised" ]; then
        rm -rf "$run/data" "$run/tmp"
        as_server mkdir "$run/data" "$run/tmp"
        {
            echo '[mysqld]'
            mysqlfamily_settings
            echo "innodb-log-file-size=$([ "$large" = yes ] && echo 1G || echo 96M)"
        } >"$run/my.cnf"
        as_server mariadb-install-db --defaults-file="$run/my.cnf" --auth-root-authentication-method=normal \
            --skip-test-db --skip-log-bin >"$run/init.log" 2>&1 || {
            tail -n 20 "$run/init.log" >&2
            return 1
        }
        mysqlfamily_users >"$run/users.sql"
        as_server /usr/sbin/mariadbd --defaults-file="$run/my.cnf" --bootstrap --skip-log-bin <<SQL >>"$run/init.log" 2>&1
FLUSH PRIVILEGES;
$(cat "$run/users.sql")
SQL
        : >"$run/initialised"
    fi
    mysqlfamily_start /usr/sbin/mariadbd --defaults-file="$run/my.cnf"
}
mariadb_stop_signal=TERM
mariadb_url() { echo "mariadb://root:turntable@127.0.0.1:$port/test"; }
mariadb_version() { mysqlfamily_client -N -e "select concat('MariaDB ', version())"; }
