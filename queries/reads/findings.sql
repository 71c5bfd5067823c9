-- One row per group and cause: operations behind whose failure it was found, and those of which it is the main cause.
-- An operation may have several causes, and one main cause.
select
    ${by} as unit,
    cause,
    count(*) as operations,
    count(*) filter (where main) as main_cause
from cohort_of_finding_event
group by unit, cause
order by unit, cause
