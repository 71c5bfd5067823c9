-- One row per thing recorded without a day and time asked about: operations in which it came, of those asked.
-- A time that has not passed is neither: see not_due. Those not asked are the row without a time.
select
    undated,
    within_days,
    count(*) filter (where answer = 2) as happened,
    count(*) filter (where answer in (1, 2)) as asked,
    count(*) filter (where answer = 3) as not_due,
    count(*) filter (where answer = 0) as not_asked
from cohort_of_undated_answer
group by undated, within_days
order by undated, within_days
