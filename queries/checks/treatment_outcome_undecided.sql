-- One row per treatment with the day of an outcome, but not which.
-- severity: note
-- table: treatments
-- column: outcome
-- judged: outcome_date is not null
-- message: the day of an outcome is given, but not the outcome. Was it improved, unchanged or worse?
select
    source,
    line,
    cast(outcome_date as varchar) as value
from staged_treatments
where
    outcome is null and outcome_date is not null
order by source, line
