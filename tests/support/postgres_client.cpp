#include <string>

#include <libpq-fe.h>

#include "support/client.hpp"

namespace turntable::test {
namespace {

class PostgresClient : public Client {
  public:
    explicit PostgresClient(const std::string& url) : connection_(PQconnectdb(url.c_str()), &PQfinish) {
        if (PQstatus(connection_.get()) != CONNECTION_OK) {
            throw ClientError{"08001", PQerrorMessage(connection_.get())};
        }
        PQsetNoticeProcessor(
            connection_.get(), [](void*, const char*) {}, nullptr);
        query("SET client_encoding = 'UTF8'");
        query("SET timezone = 'UTC'");
    }

    Answer query(const std::string& sql) override {
        const std::unique_ptr<PGresult, void (*)(PGresult*)> result{PQexec(connection_.get(), sql.c_str()),
                                                                    &PQclear};
        const ExecStatusType status = PQresultStatus(result.get());
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
            const char* const state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
            throw ClientError{state == nullptr ? "08006" : state,
                              std::string{PQerrorMessage(connection_.get())} + "  in: " + sql};
        }
        return read(result.get());
    }

  private:
    static Answer read(PGresult* result) {
        Answer answer;
        const int columns = PQnfields(result);
        for (int c = 0; c < columns; ++c) {
            answer.columns.emplace_back(PQfname(result, c));
        }
        for (int r = 0; r < PQntuples(result); ++r) {
            std::vector<Image>& row = answer.rows.emplace_back();
            for (int c = 0; c < columns; ++c) {
                row.push_back(PQgetisnull(result, r, c) != 0
                                  ? Image{}
                                  : Image{std::string{PQgetvalue(result, r, c),
                                                      static_cast<std::size_t>(PQgetlength(result, r, c))}});
            }
        }
        const std::string affected = PQcmdTuples(result);
        answer.affected = affected.empty() ? 0 : std::stoll(affected);
        return answer;
    }

    std::unique_ptr<PGconn, void (*)(PGconn*)> connection_;
};

} // namespace

std::unique_ptr<Client> connect_postgres(const std::string& url) {
    return std::make_unique<PostgresClient>(url);
}

} // namespace turntable::test
