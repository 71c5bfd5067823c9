-- One row per ${noun} that stands on an earlier row with other details.
-- That it happened is in no doubt, so it is kept once, with the details that all of its rows agree on.
-- tables: events
-- name: ${record}_contradicted
-- severity: row
-- phase: identity
-- column: ${field}
-- message: {other} has the same ${noun} with another {differs}. It was kept once, without what differs.
-- message: Correct one of the two.
select
    source,
    line,
    null as value,
    other_source,
    other_line,
    differs
from standing_twice
where
    differs is not null and not is_first
order by source, line
