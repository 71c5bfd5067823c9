-- One row per operation with a symptom on or after surgery: whether and when its failure was found after the first one.
-- Found: the first record on or after surgery that counts as a clinician's finding of failure, as in fbss_failure.
-- Found on the day of the first recorded symptom or before it: nobody waited, and it counts on day 0. A finding without
-- a recorded symptom has no beginning to count from, and no row here. On one day a finding comes before death.
-- A visit lies between when it was on the day of the first symptom or later, and before the failure was found; where it
-- was not, before the end of follow-up.
-- made: kept
-- ${cohort}: as in operation_band
-- cause: as in operation_band
-- onset: utinyint, the code of when the first symptom came
-- state: utinyint, 0 left follow-up, 1 found, 2 died without a finding
-- day: smallint, days from the first symptom to its state
-- visits: utinyint, answered in between
-- resolved: boolean, whether every symptom since surgery is recorded as resolved
with found as (
    select
        counted_event.operation,
        -- An event has its day: never null.
        min(counted_event.happened) as day
    from counted_event
    inner join code on code.dimension = 'outcome' and counted_event.outcome = code.code
    cross join rule
    where code.name = rule.care_outcome
    group by counted_event.operation
),

every_symptom as (
    select
        symptom.operation,
        -- It is recorded as resolved or it is not: never null.
        bool_and(symptom.resolved_date is not null) as resolved
    from symptom
    inner join operation on symptom.operation = operation.operation
    where symptom.onset_date >= operation.surgery_date
    group by symptom.operation
),

waited as (
    select
        first_symptom.operation,
        first_symptom.day as began,
        -- Persistent is said or not, never null.
        case when first_symptom.persistent then -1 else first_symptom.day end as onset_day,
        -- Who lives has no day of death: then any finding counts, and without one the state is that of the last day.
        case
            when found.day <= coalesce(follow_up_end.died_day, found.day) then 1
            when follow_up_end.died_day is not null then 2
            else 0
        end as state,
        -- As above.
        case
            when found.day <= coalesce(follow_up_end.died_day, found.day) then found.day
            when follow_up_end.died_day is not null then follow_up_end.died_day
            else follow_up_end.left_day
        end as until_day
    from first_symptom
    inner join follow_up_end on first_symptom.operation = follow_up_end.operation
    left join found on first_symptom.operation = found.operation
),

between_them as (
    select
        waited.operation,
        -- A visit has its day: never null.
        count(distinct answer.day) as visits
    from waited
    inner join answer
        on waited.operation = answer.operation and waited.began <= answer.day and waited.until_day > answer.day
    group by waited.operation
)

select
    band.${cohort},
    band.cause,
    -- Null is a symptom of no category: code 0.
    coalesce(onset_day.onset, 0) as onset,
    cast(waited.state as utinyint) as state,
    -- Both days are there, and a record before the symptom is no wait: never null.
    cast(least(greatest(0, waited.until_day - waited.began), 32000) as smallint) as day,
    -- Null is no visit in between.
    cast(least(coalesce(between_them.visits, 0), 250) as utinyint) as visits,
    every_symptom.resolved
from waited
inner join operation_band as band on waited.operation = band.operation
inner join every_symptom on waited.operation = every_symptom.operation
left join between_them on waited.operation = between_them.operation
left join onset_day on waited.onset_day = onset_day.day
order by waited.operation
