-- One row per operation that says whether something came within a time, but not within which: it cannot be counted.
-- tables: operations.readmitted, operations.reoperated
-- name: operation_${field}_without_time
-- severity: cell
-- column: ${field}
-- clears: ${field}
-- message: an answer, but not within how many days, so it is not recorded. Fill in {needed}, or name it in the mapping
-- message: for every row.
select
    source,
    line,
    null as value,
    '${field}_within_days' as needed
from ${staged}
where
    ${field} is not null and ${field}_within_days is null
order by source, line
