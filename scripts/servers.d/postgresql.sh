# What both PostgreSQL servers have in common.

# usage: postgresql_start BIN
postgresql_start() {
    local bin=$1
    if [ ! -s "$run/data/PG_VERSION" ]; then
        as_server "$bin/initdb" -D "$run/data" -U postgres -A trust -E UTF8 --locale=C --no-sync \
            >"$run/init.log" 2>&1 || {
            tail -n 20 "$run/init.log" >&2
            return 1
        }
        postgresql_settings >"$run/settings.conf"
        echo "include '$run/settings.conf'" >>"$run/data/postgresql.conf"
    fi
    in_background "$bin/postgres" -D "$run/data" -p "$port"
    until_answers 60 psql -X -h 127.0.0.1 -p "$port" -U postgres -d postgres -c 'select 1'
}

postgresql_settings() {
    cat <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$run'
max_connections = 200
max_prepared_transactions = 10
wal_level = logical
max_replication_slots = 10
max_wal_senders = 10
fsync = $([ "$durable" = yes ] && echo on || echo off)
shared_buffers = $([ "$large" = yes ] && echo 2GB || echo 128MB)
max_wal_size = $([ "$large" = yes ] && echo 8GB || echo 1GB)
maintenance_work_mem = $([ "$large" = yes ] && echo 256MB || echo 64MB)
CONF
}

postgresql_url() { echo "postgresql://postgres@127.0.0.1:$port/postgres"; }

postgresql_version() {
    psql -X -At -h 127.0.0.1 -p "$port" -U postgres -d postgres -c "select 'PostgreSQL ' || current_setting('server_version')"
}
