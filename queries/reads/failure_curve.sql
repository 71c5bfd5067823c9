-- One row per group and day on which anything happened: how many failed, died before failing, or left follow-up.
-- For outcomes followed over time; every estimate of them, at any landmark, comes from these counts.
-- unit: the code of the group in the chosen column; 0 for everybody together.
select
    ${by} as unit,
    day,
    count(*) filter (where state = 1) as failed,
    count(*) filter (where state = 2) as died,
    count(*) filter (where state not in (1, 2)) as left_follow_up
from cohort_of_operation_outcome
where outcome = $outcome
group by unit, day
order by unit, day
