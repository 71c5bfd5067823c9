-- One row per group, visit, disability before surgery and value: answers.
-- value: the measure asked for; a change is better when it is larger. Answers without a value are left out, and those
-- to visits that are not due, as in follow_up: who has not answered those is not counted either.
select
    ${by} as unit,
    visit,
    odi_before,
    ${measure} as answer,
    count(*) as answers
from cohort_of_visit_state
where state = 1 and ${measure} is not null
group by unit, visit, odi_before, answer
order by unit, visit, odi_before, answer
