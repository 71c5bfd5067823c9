-- One row per pair of symptoms: operations that had both, whenever they came.
select
    symptom,
    other_symptom,
    count(*) as operations
from cohort_of_symptom_pair
group by symptom, other_symptom
order by symptom, other_symptom
