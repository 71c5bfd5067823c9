-- One row per operation whose patient_id holds a character other than a letter A to Z, a digit or - _ . : /.
-- severity: row
-- phase: identity
-- table: operations
-- column: patient_id
-- message: this identifier holds characters that are invisible or not letters, digits or - _ . : /.
-- message: Write it again by hand.
select
    source,
    line,
    null as value
from staged_operations
where
    not regexp_full_match(patient_id, '[A-Za-z0-9_.:/-]+')
    -- Rounded by a spreadsheet: that is told once for all of them.
    and not regexp_full_match(patient_id, '[0-9]([.,][0-9]+)?[eE][+][0-9]+')
order by source, line
