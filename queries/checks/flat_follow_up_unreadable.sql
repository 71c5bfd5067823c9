-- One row per row of a flat file that tells its follow-up by days and status, where one of them is missing or unknown.
-- Neither says anything without the other: the operation stays, and counts as followed on no day.
-- severity: cell
-- table: flat
-- column: follow_up_days
-- clears: follow_up_days, follow_up_status
-- message: days of follow-up or status are missing or not understood, so the operation counts as not followed.
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
