#include "support/temp_dir.hpp"

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace turntable::test {

namespace {

// In memory where there is room for it: an SQLite database flushes at every commit, which no test asks for,
// just as the test servers do not flush. TMPDIR goes before it.
std::filesystem::path parent() {
    const std::filesystem::path memory = "/dev/shm";
    constexpr std::uintmax_t room = 4ULL << 30U;
    std::error_code none;
    if (std::getenv("TMPDIR") == nullptr && std::filesystem::space(memory, none).available >= room && !none) {
        return memory;
    }
    return std::filesystem::temp_directory_path();
}

} // namespace

TempDir::TempDir() {
    std::string name = (parent() / "turntable-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error("cannot make a temporary directory");
    }
    path_ = name;
}

TempDir::~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string TempDir::file(const std::string& name, const std::string& text) const {
    const std::filesystem::path path = path_ / name;
    std::ofstream{path, std::ios::binary} << text;
    return path.string();
}

} // namespace turntable::test
