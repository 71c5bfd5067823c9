-- One row per finding whose operation_id holds a character other than a letter A to Z, a digit or - _ . : /.
-- severity: row
-- phase: identity
-- table: diagnoses
-- column: operation_id
-- message: this identifier holds characters that are invisible or not letters, digits or - _ . : /.
-- message: Write it again by hand.
select
    source,
    line,
    null as value
from staged_diagnoses
where
    not regexp_full_match(operation_id, '[A-Za-z0-9_.:/-]+')
order by source, line
