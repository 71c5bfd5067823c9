-- One row per symptom, onset category and day: operations whose first such symptom came on that day.
-- A symptom that comes back is counted once, at its first onset; an operation may have several symptoms.
-- Day and onset are packed into one number, so that the earliest day brings its own category along.
with ranked as (
    select
        operation,
        symptom,
        min(cast(day as integer) * 256 + onset) as day_and_onset
    from cohort_of_symptom_event
    where day <= $within_days
    group by operation, symptom
),

first_onset as (
    select
        symptom,
        cast(floor(day_and_onset / 256) as integer) as first_day,
        day_and_onset % 256 as onset
    from ranked
)

select
    symptom,
    onset,
    first_day,
    count(*) as operations
from first_onset
group by symptom, onset, first_day
order by symptom, onset, first_day
