-- One row per month of surgery and day up to the landmark on which anything happened: failed, died or left follow-up.
-- For estimates period by period: months are added up to quarters and years, and what comes after $within_days, whose
-- own day plays no part then, ends on it.
-- month: years times twelve and the months before it in its year.
select
    extract(year from operated) * 12 + extract(month from operated) - 1 as month,
    least(day, $within_days) as day,
    -- None is null: both are worked out of days and states, which every operation has.
    count(*) filter (where state = 1 and day <= $within_days) as failed,
    count(*) filter (where state = 2 and day <= $within_days) as died,
    count(*) filter (where state not in (1, 2) or day > $within_days) as left_follow_up
from cohort_of_operation_outcome
where outcome = $outcome
group by month, least(day, $within_days)
order by month, least(day, $within_days)
