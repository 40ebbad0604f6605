// Accounts of the server's default kind over every kind of connection, and certificates that are really
// checked.
#include <cstdlib>
#include <filesystem>

#include "on_both_servers.hpp"
#include "support/temp_dir.hpp"

namespace turntable::test {
namespace {

class Authentication : public OnSecondServers {
  protected:
    void SetUp() override {
        user = lab.database();
        for (const std::string host : {"localhost", "127.0.0.1"}) {
            lab.sql("CREATE USER '" + user + "'@'" + host + "' IDENTIFIED BY 'Secret-123'");
            lab.sql("GRANT SELECT ON " + lab.database() + ".* TO '" + user + "'@'" + host + "'");
        }
    }
    void TearDown() override { lab.sql("DROP USER '" + user + "'@'localhost', '" + user + "'@'127.0.0.1'"); }
    // The account with these options, at its first connection: nothing is cached.
    [[nodiscard]] std::unique_ptr<Session> connect(const std::map<std::string, std::string>& options) {
        lab.sql("FLUSH PRIVILEGES");
        Url url = lab.url();
        url.user = user;
        url.password = "Secret-123";
        for (const auto& [key, value] : options) {
            url.options[key] = value;
        }
        return make_engine(url)->open(SessionUse::control);
    }
    [[nodiscard]] static std::string cipher(Session& session) {
        return session.run("SHOW SESSION STATUS LIKE 'Ssl_cipher'").rows.at(0).at(1).value_or("");
    }
    std::string user;
};

TEST_P(Authentication, ANewAccountConnectsOverTcpAndOverTheSocket) {
    if (!lab.mariadb()) {
        EXPECT_EQ(
            lab.text("SELECT GROUP_CONCAT(DISTINCT plugin) FROM mysql.user WHERE user = '" + user + "'"),
            "caching_sha2_password");
    }
    EXPECT_EQ(connect({})->run("SELECT 1").only(), "1");
    EXPECT_EQ(connect({{"socket", lab.text("SELECT @@socket")}})->run("SELECT 1").only(), "1");
}

TEST_P(Authentication, ANewAccountConnectsOverTls) {
    if (lab.mariadb()) { // the private server has no certificate
        try {
            static_cast<void>(connect({{"sslmode", "require"}}));
            ADD_FAILURE() << "connected";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), "tls_not_used");
            EXPECT_FALSE(error.next_step().empty());
        }
        return;
    }
    EXPECT_NE(cipher(*connect({{"sslmode", "require"}})), "");
    EXPECT_NE(cipher(*connect({{"sslmode", "require"}, {"socket", lab.text("SELECT @@socket")}})), "");
}

TEST_P(Authentication, AnAccountThatDemandsTlsIsToldHow) {
    lab.sql("ALTER USER '" + user + "'@'127.0.0.1', '" + user + "'@'localhost' REQUIRE SSL");
    try {
        static_cast<void>(connect({}));
        ADD_FAILURE() << "connected";
    } catch (const DatabaseError& error) {
        EXPECT_EQ(error.kind(), DatabaseErrorKind::connect_failed);
        EXPECT_NE(std::string{error.what()}.find("?sslmode=require"), std::string::npos) << error.what();
    }
    if (!lab.mariadb()) { // the other one has no certificate
        EXPECT_NE(cipher(*connect({{"sslmode", "require"}})), "");
    }
}

TEST_P(Authentication, AWrongPasswordIsToldWithoutIt) {
    Url url = lab.url();
    url.user = user;
    url.password = "not-this-one";
    try {
        static_cast<void>(make_engine(url)->open(SessionUse::control));
        ADD_FAILURE() << "connected";
    } catch (const DatabaseError& error) {
        EXPECT_EQ(error.kind(), DatabaseErrorKind::connect_failed);
        EXPECT_EQ(std::string{error.what()}.find("not-this-one"), std::string::npos);
    }
}

// A certificate for 127.0.0.1 and an authority that signed it, in files that the server may read.
class Certificates {
  public:
    Certificates() {
        std::filesystem::permissions(directory_.path(), std::filesystem::perms{0755});
        const std::string script =
            "cd '" + directory_.path().string() +
            "' && exec >/dev/null 2>&1 && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 "
            "-nodes -keyout ca.key -out "
            "ca.pem "
            "-days 2 -subj '/CN=an authority' && openssl req -newkey ec -pkeyopt "
            "ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out "
            "csr "
            "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 && openssl x509 -req -in csr -CA ca.pem "
            "-CAkey ca.key -CAcreateserial -days 2 -copy_extensions copy -out cert.pem && chmod 644 *.pem";
        EXPECT_EQ(std::system(script.c_str()), 0) << script; // NOLINT(cert-env33-c): the text is ours
    }
    [[nodiscard]] std::string file(const std::string& name) const {
        return (directory_.path() / name).string();
    }

  private:
    TempDir directory_;
};

// The server with another certificate, until the end of the scope.
class OtherCertificate {
  public:
    OtherCertificate(Lab& lab, const Certificates& files) : lab_(lab) {
        for (const std::string name : {"ssl_ca", "ssl_cert", "ssl_key"}) {
            before_[name] = lab.text("SELECT @@GLOBAL." + name);
        }
        set({{"ssl_ca", files.file("ca.pem")},
             {"ssl_cert", files.file("cert.pem")},
             {"ssl_key", files.file("key.pem")}});
    }
    ~OtherCertificate() { set(before_); }
    OtherCertificate(const OtherCertificate&) = delete;
    OtherCertificate& operator=(const OtherCertificate&) = delete;
    [[nodiscard]] std::string authority_before() const { return before_.at("ssl_ca"); }

  private:
    void set(const std::map<std::string, std::string>& values) {
        for (const auto& [name, value] : values) {
            lab_.sql("SET GLOBAL " + name + " = '" + value + "'");
        }
        lab_.sql("ALTER INSTANCE RELOAD TLS");
    }
    Lab& lab_;
    std::map<std::string, std::string> before_;
};

TEST_P(Authentication, ACertificateIsVerifiedWhenAsked) {
    const Certificates files;
    const auto verified = [&](const std::string& authority) {
        return connect({{"sslmode", "verify-full"}, {"ssl_ca", authority}});
    };
    try {
        static_cast<void>(verified("/nowhere/ca.pem"));
        ADD_FAILURE() << "connected";
    } catch (const Error& error) {
        EXPECT_NE(std::string{error.what()}.find("ssl_ca, '/nowhere/ca.pem'"), std::string::npos)
            << error.what();
    }
    if (lab.mariadb()) {
        EXPECT_ANY_THROW(static_cast<void>(verified(files.file("ca.pem"))));
        return;
    }
    const std::string own = lab.text("SELECT CONCAT(@@datadir, @@ssl_ca)");
    EXPECT_THROW(static_cast<void>(verified(own)), DatabaseError) << "the certificate is for another name";
    EXPECT_THROW(static_cast<void>(verified(files.file("ca.pem"))), DatabaseError) << "another authority";
    const OtherCertificate other{lab, files};
    EXPECT_NE(cipher(*verified(files.file("ca.pem"))), "");
    EXPECT_THROW(static_cast<void>(verified(own)), DatabaseError) << "another authority";
}

TURNTABLE_ON_BOTH_SERVERS(Authentication);

} // namespace
} // namespace turntable::test
