-- One row per group, visit, disability before surgery and value: answers.
-- value: the measure asked for; a change is better when it is larger. Answers without a value are left out.
with counted as (
    select
        ${by} as unit,
        visit,
        odi_before,
        ${measure} as answer
    from cohort_of_visit_state
)

select
    unit,
    visit,
    odi_before,
    answer,
    count(*) as answers
from counted
where answer is not null
group by unit, visit, odi_before, answer
order by unit, visit, odi_before, answer
