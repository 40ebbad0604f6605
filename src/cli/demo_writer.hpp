#pragma once
// One writer process of the demo: transactions at a fixed rate, whatever the database does.

#include <filesystem>
#include <string>
#include <vector>

namespace turntable::cli {

struct WriterTask {
    std::filesystem::path database, samples; // samples: the file it writes, one line per transaction
    int number = 0;
    int per_second = 50;
    std::int64_t first_rows = 0; // ids up to here existed at the start
};

// The task as arguments of `turntable demo`, and back. Throws Error{usage}.
[[nodiscard]] std::vector<std::string> writer_arguments(const WriterTask& task);
[[nodiscard]] WriterTask parse_writer_arguments(const std::vector<std::string>& arguments);

// Writes until stdin ends. Returns the exit code.
[[nodiscard]] int write_until_told(const WriterTask& task);

} // namespace turntable::cli
