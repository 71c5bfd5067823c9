-- One row per treatment, attempt at its step of care, and outcome: how many treatments.
-- attempt: 1 for the first treatment of that step (surgery, conservative, …) of a patient, 2 for the second, …
select
    treatment,
    step,
    attempt,
    treatment_outcome,
    count(*) as treatments,
    count(distinct operation) as operations
from cohort_of_treatment_event
group by treatment, step, attempt, treatment_outcome
order by treatment, step, attempt, treatment_outcome
