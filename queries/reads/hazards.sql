-- One row per profile and day: operations whose follow-up ended then, by failure or by anything else.
-- What happens after $within_days is not looked at: who is still followed then leaves on that day, not failed.
select
    profile,
    -- A state has its day: never null.
    least(day, $within_days) as until_day,
    count(*) filter (where state = 1 and day <= $within_days) as failed,
    count(*) filter (where state != 1 or day > $within_days) as others
from cohort_of_operation_outcome
where outcome = $outcome
group by profile, until_day
order by profile, until_day
