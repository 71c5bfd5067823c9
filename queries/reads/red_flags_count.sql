-- One row per red-flag symptom, and one without a symptom for all of them: operations, and how many had no contact.
-- Only symptoms that began within $within_days before the data date. An operation with two red flags is one operation
-- in the total; it is without contact while any of its red flags is. unresolved: of those without contact, the
-- operations with such a red flag that is not recorded as resolved; longest_days_ago: of those without contact, since
-- the first began.
select
    symptom,
    count(distinct operation) as operations,
    count(distinct operation) filter (where not contacted) as uncontacted,
    count(distinct operation) filter (where not contacted and resolved = 0) as unresolved,
    min(days_ago) as latest_days_ago,
    max(days_ago) filter (where not contacted) as longest_days_ago
from cohort_of_symptom_event
where
    red_flag
    and days_ago <= $within_days
group by grouping sets ((symptom), ())
order by symptom nulls last
