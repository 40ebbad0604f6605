#include "support/source_tree.hpp"

#include <algorithm>
#include <fstream>

namespace turntable::test {
namespace {

SourceFile read(const std::filesystem::path& project, const std::filesystem::path& file) {
    SourceFile source{std::filesystem::relative(file, project).generic_string(), {}};
    std::ifstream in{file};
    for (std::string line; std::getline(in, line);) {
        source.lines.push_back(line);
    }
    return source;
}

// Blanks literals and comments of one text, a character at a time.
class Blanker {
  public:
    explicit Blanker(std::string text) : text_(std::move(text)) {}

    std::string blanked() {
        while (at_ < text_.size()) {
            step();
        }
        return text_;
    }

  private:
    bool starts(std::string_view token) const { return text_.compare(at_, token.size(), token) == 0; }

    void step() {
        if (starts("//")) {
            blank_until("\n", 0);
        } else if (starts("/*")) {
            blank_until("*/", 2);
        } else if (starts("R\"") && !after_word()) {
            blank_raw_string();
        } else if (text_[at_] == '"' || (text_[at_] == '\'' && !after_word())) {
            blank_quoted(text_[at_]);
        } else {
            ++at_;
        }
    }

    // A quote inside a number (10'000) or an R that ends a name begins nothing.
    bool after_word() const {
        return at_ > 0 &&
               (std::isalnum(static_cast<unsigned char>(text_[at_ - 1])) != 0 || text_[at_ - 1] == '_');
    }

    void blank_until(std::string_view end, std::size_t also) {
        const std::size_t found = std::min(text_.find(end, at_ + 1), text_.size());
        blank_to(std::min(found + also, text_.size()));
    }

    void blank_raw_string() {
        const std::size_t open = text_.find('(', at_);
        const std::string end = ")" + text_.substr(at_ + 2, open - at_ - 2) + "\"";
        blank_until(end, end.size());
    }

    void blank_quoted(char quote) {
        std::size_t end = at_ + 1;
        while (end < text_.size() && text_[end] != quote) {
            end += text_[end] == '\\' ? 2 : 1;
        }
        blank_to(std::min(end + 1, text_.size()));
    }

    void blank_to(std::size_t end) {
        for (; at_ < end; ++at_) {
            if (text_[at_] != '\n') {
                text_[at_] = ' ';
            }
        }
    }

    std::string text_;
    std::size_t at_ = 0;
};

} // namespace

std::vector<SourceFile> source_files(const std::filesystem::path& project,
                                     const std::vector<std::string>& folders) {
    std::vector<SourceFile> files;
    for (const std::string& folder : folders) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator{project / folder}) {
            const std::string extension = entry.path().extension().string();
            if (entry.is_regular_file() && (extension == ".cpp" || extension == ".hpp")) {
                files.push_back(read(project, entry.path()));
            }
        }
    }
    std::ranges::sort(files, {}, &SourceFile::path);
    return files;
}

std::vector<std::string> without_literals(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) {
        text += line + '\n';
    }
    const std::string blanked = Blanker{std::move(text)}.blanked();
    std::vector<std::string> result;
    std::size_t begin = 0;
    for (std::size_t end = blanked.find('\n'); end != std::string::npos; end = blanked.find('\n', begin)) {
        result.push_back(blanked.substr(begin, end - begin));
        begin = end + 1;
    }
    return result;
}

} // namespace turntable::test
