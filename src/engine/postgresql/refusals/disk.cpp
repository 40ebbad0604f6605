// Too little free space for a second table.
#include <fmt/core.h>

#include "refusals/refusals.hpp"
#include "turntable/error.hpp"

namespace turntable::postgresql {

void refuse_full_disk(const Estimate& estimate) {
    if (estimate.disk_free && *estimate.disk_free < estimate.disk_needed) {
        constexpr Bytes mebibyte = 1024 * 1024;
        throw Error{ErrorKind::refused, "disk_full",
                    fmt::format("the change needs about {} MiB of disk, and {} MiB are free",
                                estimate.disk_needed / mebibyte + 1, *estimate.disk_free / mebibyte)}
            .next("make room, or give the table a tablespace with room");
    }
}

} // namespace turntable::postgresql
