-- One row per group, day since the first symptom and visits in between: operations with a symptom after surgery whose
-- failure was found then, who died without a finding, and who left follow-up without one.
-- resolved: of those who left, whose every symptom is recorded as resolved.
-- unit: the code of the group in the chosen column; 0 for everybody together.
select
    ${by} as unit,
    day,
    visits,
    count(*) filter (where state = 1) as failed,
    count(*) filter (where state = 2) as died,
    count(*) filter (where state not in (1, 2)) as left_follow_up,
    count(*) filter (where state not in (1, 2) and resolved) as resolved
from cohort_of_diagnosis_delay
group by unit, day, visits
order by unit, day, visits
