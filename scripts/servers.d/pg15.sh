# PostgreSQL 15, from Debian's package postgresql-15.

pg15_install() {
    [ -x /usr/lib/postgresql/15/bin/postgres ] || die "PostgreSQL 15 is not installed (package postgresql-15)"
}
pg15_start() { postgresql_start /usr/lib/postgresql/15/bin; }
pg15_stop_signal=INT # fast: ends sessions, rolls back, writes a checkpoint
pg15_url() { postgresql_url; }
pg15_version() { postgresql_version; }
