-- One row per group, visit, disability before surgery and value: answers.
-- value: the measure asked for; a change is better when it is larger. Answers without a value are left out.
select
    ${by} as unit,
    visit,
    odi_before,
    ${measure} as answer,
    count(*) as answers
from cohort_of_visit_state
where ${measure} is not null
group by unit, visit, odi_before, answer
order by unit, visit, odi_before, answer
