-- One row per symptom, onset category and day: operations whose first such symptom came on that day.
-- A symptom that comes back is counted once, at its first onset; an operation may have several symptoms.
select
    symptom,
    onset,
    cast(day as integer) as first_day,
    count(*) as operations
from cohort_of_symptom_event
where first_onset and day <= $within_days
group by symptom, onset, day
order by symptom, onset, day
