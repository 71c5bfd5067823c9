-- One row per side, kind of change, state and day: how many index operations before the last import and after it.
-- Of the whole practice, whatever is chosen: an operation that was corrected may have moved from one choice to another.
select
    side,
    change,
    state,
    day,
    -- It is never null.
    sum(operations) as operations
from import_change
where outcome = $outcome
group by side, change, state, day
order by side, change, state, day
