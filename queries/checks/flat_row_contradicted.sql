-- One row per row of a flat file whose operation another row describes differently: which is right?
-- severity: row
-- phase: identity
-- table: flat
-- column: patient_id
-- message: {other} has the same operation with another {differs}.
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
