-- One row per row of a ${noun} that another row describes differently: nobody can say which is right.
-- tables: flat.patient_id, patients, operations, follow_ups
-- name: ${record}_contradicted
-- severity: row
-- phase: identity
-- column: ${field}
-- message: {other} has the same ${noun} with another {differs}.
-- message: None of these rows was imported. Correct the file.
select
    source,
    line,
    null as value,
    other_source,
    other_line,
    differs
from standing_twice
where
    differs is not null
order by source, line
