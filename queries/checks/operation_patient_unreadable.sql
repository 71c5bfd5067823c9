-- One row per operation whose patient_id has over 64 characters, or others than A to Z, digits and - _ . : /.
-- severity: row
-- phase: identity
-- table: operations
-- column: patient_id
-- message: this identifier holds characters that are invisible or not letters, digits or - _ . : /.
-- message: Or it has more than 64 characters. Write it again by hand.
select
    source,
    line,
    null as value
from staged_operations
where
    not regexp_full_match(patient_id, '[A-Za-z0-9_.:/-]{1,64}')
    -- Rounded by a spreadsheet: that is told once for all of them.
    and not is_rounded(patient_id)
order by source, line
