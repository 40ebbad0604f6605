#pragma once
// A private directory of one test, removed with everything in it.

#include <filesystem>
#include <string>

namespace turntable::test {

class TempDir {
  public:
    TempDir();
    ~TempDir();
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    // Writes a file into it and returns its path.
    [[nodiscard]] std::string file(const std::string& name, const std::string& text) const;

  private:
    std::filesystem::path path_;
};

} // namespace turntable::test
