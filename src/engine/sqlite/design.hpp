#pragma once
// The wanted table, built step by step from the source: its definition and indexes as texts under the
// source's name, and for each column where its values come from.

#include <optional>
#include <string>
#include <vector>

#include "alter_parser.hpp"
#include "catalog.hpp"
#include "detail.hpp"
#include "keep.hpp"
#include "turntable/blueprint.hpp"

namespace turntable::sqlite {

struct DesignColumn {
    std::string target;
    std::optional<std::string> source;
    std::string forward; // over the source's columns
    std::optional<std::string>
        inverse;           // over the new table's columns; {} until the mapping is complete if verbatim
    bool verbatim = false; // the source column as it is
    bool added = false;
};

class Design {
  public:
    explicit Design(const Table& source);

    // Throws Error{usage|refused}.
    void apply(const Step& step);

    [[nodiscard]] const Table& source() const { return source_; }
    [[nodiscard]] const std::string& text() const { return text_; }
    [[nodiscard]] const std::vector<NamedSql>& indexes() const { return indexes_; }
    [[nodiscard]] const std::vector<DesignColumn>& columns() const { return columns_; }
    [[nodiscard]] const std::vector<ConversionPlan>& conversions() const { return conversions_; }
    [[nodiscard]] const std::vector<KeptPair>& kept() const { return kept_; }
    [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }
    // The steps as SQLite's own ALTER TABLE statements; nullopt if one of them needs the shadow.
    [[nodiscard]] const std::optional<std::vector<std::string>>& native() const { return native_; }
    // Columns whose type changed without a conversion: nothing of a value may get lost.
    [[nodiscard]] const std::vector<std::string>& retyped() const { return retyped_; }

  private:
    void add(const AddColumnText& step);
    void add(const DropColumn& step);
    void add(const RenameColumn& step);
    void add(const ChangeType& step);
    void add(const ReplaceColumn& step);
    void add(const SetNotNull& step);
    void add(const DropNotNull& step);
    void add(const SetDefault& step);
    void add(const DropDefault& step);
    void add(const AddConstraintText& step);
    void add(const DropConstraint& step);
    void add(const AddIndex& step);
    void add(const DropIndex& step);
    void add(const SetPrimaryKey& step);
    void add(const DropPrimaryKey& step);
    void add(const Conversion& step);

    DesignColumn& need(const std::string& column);
    void rename_everywhere(const std::string& from, const std::string& to);
    void retype(DesignColumn& column, const std::string& type);
    void convert_default(const std::string& column, const ConversionPlan& plan);
    void keep(const Column& source, ConversionPlan plan);

    Table source_;
    std::string text_;
    std::vector<NamedSql> indexes_;
    std::vector<DesignColumn> columns_;
    std::vector<ConversionPlan> conversions_;
    std::vector<KeptPair> kept_;
    std::vector<std::string> notes_;
    std::vector<std::string> retyped_;
    std::optional<std::vector<std::string>> native_{std::in_place};
};

} // namespace turntable::sqlite
