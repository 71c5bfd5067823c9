-- One row per visit of an operation on a day for which another row has other answers: which are right?
-- severity: row
-- phase: identity
-- table: follow_ups
-- column: visit_date
-- message: {other} has the same visit with another {differs}.
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
