# A second server of a kind, as the first: the tests of replication make it a replica, with the delay they need.

mariadb2_install() { mariadb_install; }
mariadb2_start() { mariadb_start; }
mariadb2_stop_signal=TERM
mariadb2_url() { mariadb_url; }
mariadb2_version() { mariadb_version; }

mysql2_install() { mysql_install; }
mysql2_start() { mysql_start; }
mysql2_stop_signal=TERM
mysql2_url() { mysql_url; }
mysql2_version() { mysql_version; }
