-- One row per row of a flat file that tells its follow-up by days and status, where one of them is missing or unknown.
-- severity: row
-- table: flat
-- column: follow_up_days
-- message: days of follow-up or status are missing or not understood, so nothing is known of this operation.
-- message: Fill them in.
select
    source,
    line,
    coalesce(cast(follow_up_days as varchar), '') || ' / ' || coalesce(follow_up_status, '') as value
from staged_flat
where
    tells_follow_up
    and (
        follow_up_days is null
        or follow_up_status is null
        -- Where it is recorded: null is found above.
        or follow_up_status not in ('censored', 'failed', 'died')
    )
order by source, line
