-- One row per operation of a patient on a day: who operated, and where. What a note is about.
select
    operation,
    surgeon,
    site
from cohort_of_operation_band
where patient = $noted_patient and operated = $noted_day
order by surgeon, site, operation
