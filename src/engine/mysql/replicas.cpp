#include "replicas.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

#include <fmt/format.h>

#include "turntable/error.hpp"

namespace turntable::mysql {
namespace {

Error bad_replica(const std::string& text) {
    return Error{ErrorKind::usage, "bad_value", "replicas: '" + text + "' is no host or host:port"};
}

int port_of(const std::string& digits, const std::string& text) {
    int port = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (parsed.ec != std::errc{} || parsed.ptr != digits.data() + digits.size() || port < 1 || port > 65535) {
        throw bad_replica(text);
    }
    return port;
}

ReplicaAddress parse_replica(const std::string& text) {
    ReplicaAddress replica;
    std::string rest;
    if (text.starts_with('[')) { // an address of version 6
        const auto end = text.find(']');
        if (end == std::string::npos) {
            throw bad_replica(text);
        }
        replica.host = text.substr(1, end - 1);
        rest = text.substr(end + 1);
    } else {
        const auto colon = std::min(text.find(':'), text.size());
        replica.host = text.substr(0, colon);
        rest = text.substr(colon);
    }
    if (replica.host.empty() || (!rest.empty() && rest.front() != ':')) {
        throw bad_replica(text);
    }
    if (!rest.empty()) {
        replica.port = port_of(rest.substr(1), text);
    }
    return replica;
}

std::size_t column_of(const ResultSet& result, std::string_view name) {
    const auto found = std::ranges::find(result.columns, name);
    check(found != result.columns.end(), "the list of replicas has hosts and ports");
    return static_cast<std::size_t>(found - result.columns.begin());
}

} // namespace

std::string ReplicaAddress::display() const {
    return port == 0 ? host : fmt::format("{}:{}", host, port);
}

std::vector<ReplicaAddress> parse_replicas(const std::string& text) {
    std::vector<ReplicaAddress> replicas;
    std::istringstream stream{text};
    for (std::string one; std::getline(stream, one, ',');) {
        replicas.push_back(parse_replica(one));
    }
    return replicas;
}

Url replica_url(const Url& primary, const ReplicaAddress& replica) {
    Url url = primary;
    url.host = replica.host;
    url.port = replica.port == 0 ? primary.port : replica.port;
    url.options.erase("socket");
    url.options["connect_timeout"] = "2"; // one that is gone must not hold up the others' readings for long
    return url;
}

bool replicas_follow(Session& session) {
    // Not information_schema: MySQL fails to read it (3854) while any session runs a statement with a
    // character beyond utf8mb3 in it.
    const ResultSet sessions = session.run("SHOW PROCESSLIST");
    const auto command = std::ranges::find(sessions.columns, "Command");
    check(command != sessions.columns.end(), "SHOW PROCESSLIST has a column Command");
    return std::ranges::any_of(sessions.rows, [&](const std::vector<Cell>& row) {
        return row.at(static_cast<std::size_t>(command - sessions.columns.begin()))
            .value_or("")
            .starts_with("Binlog Dump");
    });
}

std::vector<ReplicaAddress> listed_replicas(Session& session) {
    ResultSet listed;
    const bool mysql = server_version(session).kind == ServerKind::mysql;
    try {
        // MySQL before 8.0.22 knows the old words alone, 8.4 and later the new ones alone.
        const bool new_words = mysql && server_version(session).at_least(8, 0, 22);
        listed = session.run(new_words ? "SHOW REPLICAS" : "SHOW SLAVE HOSTS");
    } catch (const DatabaseError& error) {
        if (error.kind() != DatabaseErrorKind::privilege) {
            throw;
        }
        throw Error{ErrorKind::connection, "replicas_unknown",
                    std::string{"the account may not list the replicas: GRANT "} +
                        (mysql ? "REPLICATION SLAVE" : "REPLICATION MASTER ADMIN") +
                        " ON *.* to it, or name them with --replicas"};
    }
    std::vector<ReplicaAddress> replicas;
    for (const auto& row : listed.rows) {
        ReplicaAddress replica{row.at(column_of(listed, "Host")).value_or(""),
                               std::stoi(row.at(column_of(listed, "Port")).value_or("0"))};
        if (replica.host.empty()) {
            throw Error{
                ErrorKind::connection, "replicas_unknown",
                "a replica does not say where it is: set its report_host, or name all with --replicas"};
        }
        replicas.push_back(std::move(replica));
    }
    if (replicas.empty() && replicas_follow(session)) { // one that is being set up, or hides
        throw Error{ErrorKind::connection, "replicas_unknown",
                    "a session reads the binary log, and the server lists no replica: name them with "
                    "--replicas"};
    }
    return replicas;
}

} // namespace turntable::mysql
