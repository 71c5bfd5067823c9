-- One row per ${noun} that says what an earlier row says, in every column; the earlier row is kept.
-- tables: patients, operations, follow_ups, events
-- name: ${record}_repeated
-- severity: note
-- phase: identity
-- column: ${field}
-- leaves_out: yes
-- message: this row repeats {other} and was left out.
select
    source,
    line,
    null as value,
    other_source,
    other_line
from standing_twice
where
    differs is null and not is_first
order by source, line
