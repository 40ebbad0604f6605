// A runner that dies, or loses its connection, at any statement: whoever comes next brings the migrations to
// the same end, with every row once.

#include "lab.hpp"
#include "migrate/api.hpp"
#include "support/depth.hpp"
#include "support/fault_engine.hpp"
#include "support/silence.hpp"
#include "support/virtual_clock.hpp"
#include "turntable/engines.hpp"

namespace turntable::test {
namespace {

class MigrateFaults : public testing::TestWithParam<Server> {
  protected:
    MigrateFaults() {
        write(1, "create_things.toml", R"toml([[op]]
kind = "create_table"
table = "things"
columns = [{ name = "id", type = "int64 not null" }, { name = "name", type = "varchar(50)" }, { name = "price", type = "float64" }]
primary_key = ["id"]
)toml");
        write(2, "rows_and_log.sql", R"toml(-- turntable:up
insert into things (id, name, price) values (1, 'one', 1.25), (2, 'two', 17.08), (3, null, 0.5);
create table log (n int);
insert into log values (1);
create index log_n on log (n);
insert into log values (2);
-- turntable:down
drop table log;
)toml");
        write(3, "names.toml", R"toml([[op]]
kind = "backfill"
table = "things"
set = { name = "concat(id, '-')" }
where = "name is null"
[[op]]
kind = "add_column"
table = "things"
column = "note"
type = "varchar(20)"
[[op]]
kind = "upsert_rows"
table = "things"
key = ["id"]
rows = [{ id = 4, name = "four", price = 4.0 }]
)toml");
        write(4, "log_is_records.toml",
              "[[op]]\nkind = \"rename_table\"\ntable = \"log\"\nto = \"records\"\n");
    }

    void write(int number, const std::string& name, std::string text) {
        if (flavor_of(GetParam()) == Flavor::sqlite && text.find("concat(id, '-')") != std::string::npos) {
            text.replace(text.find("concat(id, '-')"), 15, "id || '-'");
        }
        static_cast<void>(folder_.file("2026010100000" + std::to_string(number) + "_" + name, text));
    }

    enum class End { done, error, killed };
    End up(const TestDatabase& database, FaultPlan& plan) {
        FaultEngine engine{make_engine(Url::parse(database.url())), plan};
        Silence silence;
        const run::Context context{engine, silence, [] { return false; }, clock_, run::Threads::none};
        const migrate::Env env{context, {}, "tester", "elsewhere:1", Millis{600'000}, {}};
        try {
            static_cast<void>(migrate::up(env, {folder_.path().string(), "head", {}, false, {}, {}, {}}));
            return End::done;
        } catch (const SimulatedKill&) {
            return End::killed;
        } catch (const Error& error) {
            last_ = error.what();
        } catch (const DatabaseError& error) {
            last_ = error.what();
        }
        return End::error;
    }

    static std::vector<std::string> state_of(TestDatabase& database) {
        Client& client = database.client();
        std::vector<std::string> out;
        for (const char* const sql :
             {"select id, name, price, note from things order by id", "select n from records order by n"}) {
            for (const auto& row : client.query(sql).rows) {
                std::string line;
                for (const Image& cell : row) {
                    line += cell.value_or("NULL") + "|";
                }
                out.push_back(line);
            }
        }
        return out;
    }

    TempDir folder_;
    VirtualClock clock_;
    std::string last_;
};

TEST_P(MigrateFaults, AtAnyStatementTheNextRunComesToTheSameEnd) {
    FaultPlan none;
    TestDatabase clean{GetParam()};
    ASSERT_EQ(up(clean, none), End::done) << last_;
    const auto wanted = state_of(clean);
    ASSERT_EQ(wanted.size(), 6U);
    const int stride = every(GetParam().name == "sqlite" ? 37 : 149);
    for (const Fault fault : {Fault::kill_before, Fault::kill_after, Fault::lost_before, Fault::lost_after}) {
        // Each kind looks at other statements, so that the quick tier sees most of them.
        for (int n = 1 + static_cast<int>(fault) % stride; n <= none.seen; n += stride) {
            TestDatabase database{GetParam()};
            FaultPlan plan;
            plan.fault = fault;
            plan.fail_at = n;
            End end = up(database, plan);
            for (int again = 0; again < 3 && end != End::done; ++again) {
                FaultPlan calm;
                end = up(database, calm);
            }
            const std::string where =
                to_string(fault) + " statement " + std::to_string(n) + ": " + plan.failed_statement;
            ASSERT_EQ(end, End::done) << where << "\n" << last_;
            ASSERT_EQ(state_of(database), wanted) << where;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(On, MigrateFaults, testing::ValuesIn(one_server_of_each()), server_name);

} // namespace
} // namespace turntable::test
