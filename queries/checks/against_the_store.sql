-- One row per row of an addition that contradicts what the store has of the same ${noun}, or another row of its kind.
-- What is in the store was there first and stays; who it is that is right only the practice can say.
-- Asked of additions alone, which put down in told_again whatever they tell of what is there already.
-- tables: patients, operations, follow_ups, events
-- name: ${record}_against_the_store
-- severity: row
-- phase: store
-- column: ${field}
-- message: {other} has the same ${noun} with another {differs}.
-- message: What is in the store stays as it is; this row was left out. Correct it, or import all records again.
select
    source,
    line,
    null as value,
    other_source,
    other_line,
    differs
from told_again
where
    differs is not null
order by source, line
