-- One row per visit at which nothing was recorded.
-- severity: note
-- table: follow_ups
-- column: odi
-- message: nothing was recorded at this visit.
select
    source,
    line,
    null as value
from staged_follow_ups
where
    coalesce(odi, back_pain, leg_pain, eq5d_index, gpe, satisfaction) is null
order by source, line
