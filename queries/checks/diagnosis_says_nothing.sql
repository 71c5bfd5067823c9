-- One row per finding with neither a cause nor a code.
-- severity: note
-- table: diagnoses
-- column: cause
-- message: neither a cause nor a code was recorded. The finding counts for nothing.
select
    source,
    line,
    null as value
from staged_diagnoses
where
    cause is null and code is null
order by source, line
