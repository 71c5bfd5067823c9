-- One row per row of a flat file whose follow-up cannot be told: no whole number of days, or an unknown status.
-- severity: row
-- table: flat
-- column: follow_up_days
-- message: days of follow-up or status are missing or not understood, so nothing is known of this operation.
select
    source,
    line,
    coalesce(follow_up_days, '') || ' / ' || coalesce(follow_up_status, '') as value
from landed_flat
where
    not coalesce(regexp_full_match(follow_up_days, '[0-9]{1,5}(\.0+)?'), false)
    or follow_up_status is null
    or follow_up_status not in ('censored', 'failed', 'died')
order by source, line
