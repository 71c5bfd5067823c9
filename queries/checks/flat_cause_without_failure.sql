-- One row per row of a flat file that names the cause of a failure, but no day on which it was found.
-- severity: row
-- table: flat
-- column: cause
-- message: a cause of failure is given, but no date of failure. Fill in the date, or take the cause away.
select
    source,
    line,
    cause as value
from staged_flat
where
    cause is not null
    and failure_date is null
    -- A status that is not recorded says nothing of a failure.
    and coalesce(follow_up_status, '') <> 'failed'
order by source, line
