-- One row per row of a patient whom another row describes differently: nobody can say which is right.
-- severity: row
-- phase: identity
-- table: patients
-- column: patient_id
-- message: {other} has the same patient with another {differs}.
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
