-- One row per treatment whose outcome lies before its start; the outcome's date is set aside.
-- severity: cell
-- table: treatments
-- column: outcome_date
-- clears: outcome_date
-- judged: outcome_date is not null
-- message: the outcome lies before the start. Its date is set aside.
select
    source,
    line,
    cast(outcome_date as varchar) as value
from staged_treatments
where
    outcome_date < start_date
order by source, line
