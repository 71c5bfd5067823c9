-- One row per group, visit and value of one measure: answers, as they were given and not as a change.
-- Visit 0 (not recorded) is the last reading up to surgery, of all operations chosen; at the planned visits answers to
-- those that are due count, as in proms.
-- measure, before: the columns of its answer and of its last reading up to surgery.
-- unit: the code of the group in the chosen column; 0 for everybody together.
with answered as (
    select
        ${by} as unit,
        visit,
        ${measure} as answer
    from cohort_of_visit_state
    where state = 1 and ${measure} is not null
    union all
    select
        ${by} as unit,
        0 as visit,
        ${before} as answer
    from cohort_of_visit_state
    -- Every operation has a row for each planned visit: the first stands for it.
    where visit = 1 and ${before} is not null
)

select
    unit,
    visit,
    answer,
    count(*) as answers
from answered
group by unit, visit, answer
order by unit, visit, answer
