-- One row per group, main cause and day: failures from that cause, deaths before failing, and those who left follow-up.
-- The cause is "not recorded" (0) on rows of those who did not fail, and of failures without a finding.
-- unit: the code of the group in the chosen column; 0 for everybody together.
select
    ${by} as unit,
    case when state = 1 then cause else 0 end as cause,
    day,
    count(*) filter (where state = 1) as failed,
    count(*) filter (where state = 2) as died,
    count(*) filter (where state not in (1, 2)) as left_follow_up
from cohort_of_operation_outcome
where outcome = $outcome
group by unit, case when state = 1 then cause else 0 end, day
order by unit, cause, day
