-- One row per profile and interval of follow-up: operations whose follow-up ended in it, failures, and their days.
-- For cohorts too large to model day by day. An interval begins on its start day; the first begins on day 0.
-- What happens after $within_days is not looked at, as in hazards.
with counted as (
    select
        profile,
        -- A state has its day: never null.
        least(day, $within_days) as until_day,
        state = 1 and day <= $within_days as has_failed
    from cohort_of_operation_outcome
    where outcome = $outcome
)

select
    profile,
    -- No day is null in the mart, so that none falls into the last interval for want of one.
    case
        when until_day < $start_1 then 0
        when until_day < $start_2 then 1
        when until_day < $start_3 then 2
        when until_day < $start_4 then 3
        when until_day < $start_5 then 4
        else 5
    end as interval_number,
    count(*) as operations,
    -- Neither is null: both are worked out of days and states, which every operation has.
    count(*) filter (where has_failed) as failed,
    -- Never null, as above.
    sum(until_day) as days
from counted
group by profile, interval_number
order by profile, interval_number
