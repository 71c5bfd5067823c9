-- One row per profile and day: operations whose follow-up ended then, by failure or by anything else.
-- What happens after $within_days is not looked at: who is still followed then leaves on that day, not failed.
with counted as (
    select
        profile,
        least(day, $within_days) as until_day,
        state = 1 and day <= $within_days as has_failed
    from cohort_of_operation_outcome
    where outcome = $outcome
)

select
    profile,
    until_day,
    count(*) filter (where has_failed) as failed,
    count(*) filter (where not has_failed) as others
from counted
group by profile, until_day
order by profile, until_day
