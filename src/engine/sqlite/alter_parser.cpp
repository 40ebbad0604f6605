#include "alter_parser.hpp"

#include "create_table.hpp"
#include "names.hpp"
#include "tokenizer.hpp"
#include "turntable/error.hpp"

namespace turntable::sqlite {
namespace {

class AlterParser {
  public:
    explicit AlterParser(const std::string& text) : tokens_(text) {}

    std::vector<Step> all() {
        std::vector<Step> out;
        while (at_ < tokens_.size()) {
            begin_ = at_;
            end_ = clause_end();
            out.push_back(clause());
            if (at_ != end_) {
                throw bad("does not understand it from '" + tokens_.slice({at_, end_}) + "' on");
            }
            at_ = end_ + 1;
        }
        if (out.empty()) {
            throw Error{ErrorKind::usage, "bad_clause", "an empty ALTER clause"};
        }
        return out;
    }

  private:
    [[nodiscard]] Error bad(const std::string& why) const {
        Error error{ErrorKind::usage, "bad_clause",
                    "the ALTER clause '" + tokens_.slice({begin_, end_}) + "': turntable " + why};
        error.next(
            "known are ADD [COLUMN|CONSTRAINT], DROP [COLUMN|CONSTRAINT], RENAME COLUMN, ALTER COLUMN … "
            "TYPE|SET|DROP and MODIFY COLUMN");
        return error;
    }

    // Clauses are separated by commas outside parentheses.
    [[nodiscard]] std::size_t clause_end() const {
        for (std::size_t i = at_; i < tokens_.size(); ++i) {
            if (tokens_.is(i, "(")) {
                i = tokens_.after_parenthesis(i) - 1;
            } else if (tokens_.is(i, ",")) {
                return i;
            }
        }
        return tokens_.size();
    }

    bool accept(std::string_view word) {
        const bool found = at_ < end_ && tokens_.is(at_, word);
        at_ += found ? 1 : 0;
        return found;
    }
    void require(std::string_view word) {
        if (!accept(word)) {
            throw bad("expects " + std::string{word} + " before '" + std::string{tokens_.raw(at_)} + "'");
        }
    }
    std::string name(const char* what) {
        if (at_ >= end_ || !tokens_.is_name(at_)) {
            throw bad(std::string{"expects "} + what);
        }
        return tokens_.name(at_++);
    }
    std::string rest(const char* what) {
        if (at_ >= end_) {
            throw bad(std::string{"expects "} + what);
        }
        const TokenRange range{at_, end_};
        at_ = end_;
        return tokens_.slice(range);
    }

    Step clause() {
        if (accept("ADD")) {
            return add();
        }
        if (accept("DROP")) {
            return drop();
        }
        if (accept("RENAME")) {
            return rename();
        }
        if (accept("ALTER")) {
            accept("COLUMN");
            return alter(name("a column"));
        }
        if (accept("MODIFY")) {
            accept("COLUMN");
            const std::size_t begin = at_;
            const std::string column = name("a column");
            return ReplaceColumn{column, definition_from(begin)};
        }
        throw bad("does not know " + std::string{tokens_.raw(at_)});
    }

    // The definition must be one, to the end of the clause.
    std::string definition_from(std::size_t begin) {
        at_ = begin;
        (void)parse_column(tokens_, at_);
        return tokens_.slice({begin, at_});
    }

    Step add() {
        const std::size_t begin = at_;
        if (const auto constraint = parse_table_constraint(tokens_, at_)) {
            return AddConstraintText{tokens_.slice(constraint->tokens)};
        }
        at_ = begin;
        accept("COLUMN");
        if (tokens_.is(at_, "IF")) {
            throw bad("does not know IF NOT EXISTS");
        }
        if (at_ >= end_ || !tokens_.is_name(at_)) {
            throw bad("expects a column or a constraint");
        }
        return AddColumnText{definition_from(at_)};
    }

    Step drop() {
        if (accept("CONSTRAINT")) {
            return DropConstraint{name("a constraint")};
        }
        if (tokens_.is(at_, "PRIMARY") || tokens_.is(at_, "FOREIGN") || tokens_.is(at_, "INDEX") ||
            tokens_.is(at_, "KEY")) {
            throw bad("does not know DROP " + std::string{tokens_.raw(at_)});
        }
        accept("COLUMN");
        return DropColumn{name("a column")};
    }

    Step rename() {
        if (tokens_.is(at_, "TO")) {
            throw bad("does not rename tables");
        }
        accept("COLUMN");
        const std::string from = name("a column");
        require("TO");
        return RenameColumn{from, name("the new name")};
    }

    Step type_of(const std::string& column) {
        const std::size_t begin = at_;
        while (at_ < end_ && !tokens_.is(at_, "USING") && !tokens_.is(at_, "COLLATE")) {
            ++at_;
        }
        if (at_ == begin) {
            throw bad("expects a type");
        }
        ChangeType out{column, tokens_.slice({begin, at_}), std::nullopt};
        if (accept("USING")) {
            out.using_sql = rest("an expression after USING");
        }
        return out;
    }

    Step alter(const std::string& column) {
        if (accept("TYPE")) {
            return type_of(column);
        }
        if (accept("SET")) {
            if (accept("DATA")) {
                require("TYPE");
                return type_of(column);
            }
            if (accept("NOT")) {
                require("NULL");
                return SetNotNull{column, std::nullopt, std::nullopt};
            }
            require("DEFAULT");
            return SetDefault{column, rest("a default")};
        }
        require("DROP");
        if (accept("NOT")) {
            require("NULL");
            return DropNotNull{column};
        }
        require("DEFAULT");
        return DropDefault{column};
    }

    Tokens tokens_;
    std::size_t at_ = 0, begin_ = 0, end_ = 0;
};

} // namespace

std::vector<Step> parse_alter(const std::string& clauses) {
    return AlterParser{clauses}.all();
}

} // namespace turntable::sqlite
