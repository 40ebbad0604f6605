# What MariaDB and MySQL have in common: settings, users, waiting. The client is MariaDB's, which speaks to both.

# nosync: the servers of the tests lose nothing when they are killed, and half the time of a DDL was spent waiting
# for the disk.
mysqlfamily_settings() {
    cat <<CONF
bind-address=127.0.0.1
port=$port
socket=$run/s
pid-file=$run/mysqld.pid
datadir=$run/data
tmpdir=$run/tmp
log-error=$run/server.log
secure-file-priv=
server-id=$port
report-host=127.0.0.1
report-port=$port
log-bin=binlog
binlog-format=ROW
max-connections=300
innodb-flush-log-at-trx-commit=$([ "$durable" = yes ] && echo 1 || echo 0)
sync-binlog=$([ "$durable" = yes ] && echo 1 || echo 0)
$([ "$durable" = yes ] || echo innodb-flush-method=nosync)
lower-case-table-names=$(case ${run##*/} in *2) echo 1 ;; *) echo 0 ;; esac)
innodb-buffer-pool-size=$([ "$large" = yes ] && echo 2G || echo 256M)
CONF
}

# root from loopback with a password, and a database for the tests.
mysqlfamily_users() {
    cat <<'SQL'
ALTER USER root@localhost IDENTIFIED BY 'turntable';
CREATE USER IF NOT EXISTS root@'127.0.0.1';
ALTER USER root@'127.0.0.1' IDENTIFIED BY 'turntable';
GRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;
CREATE DATABASE test;
SQL
}

mysqlfamily_client() {
    mariadb --no-defaults -h 127.0.0.1 -P "$port" -u root -pturntable "$@"
}

# usage: mysqlfamily_start COMMAND… ; the server in the background, until it answers
mysqlfamily_start() {
    in_background "$@"
    until_answers 120 mysqlfamily_client -D test -e 'select 1'
}
