-- One row per path of care after failure and last recorded outcome: operations.
-- path: a digit for the code of each step, in the order in which they began; 0 where no treatment is recorded.
select
    path,
    treatment_outcome,
    count(*) as operations
from cohort_of_care_path
group by path, treatment_outcome
order by path, treatment_outcome
