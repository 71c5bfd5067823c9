-- One row per failed operation, outcome and record that made it a failure: why it counts as one, and where that stands.
-- role: the event itself, the first symptom that set its clock, the visit that answered, or the state before surgery
-- that an improvement is counted from.
-- made: kept
-- operation: integer, the number of the operation that failed
-- outcome: utinyint, the code of the outcome
-- role: varchar, event, clock, answer or baseline
-- kept: varchar, the table that holds the record
-- source: smallint, the file that says so
-- line: integer, its line there
-- day: integer, days of the record since the operation that failed
with failed as (
    select
        operation,
        outcome,
        day
    from operation_outcome
    where state = 1
),

made as (
    select distinct
        counted.operation,
        counted.outcome,
        counted.kept,
        counted.source,
        counted.line,
        counted.happened,
        counted.by_symptom
    from counted_event as counted
    inner join failed
        on counted.operation = failed.operation and counted.outcome = failed.outcome and counted.day = failed.day
    -- An event has its day: never null.
    qualify counted.happened = min(counted.happened) over (
        partition by counted.operation, counted.outcome, counted.kept, counted.by_symptom
    )
),

clocked as (
    select distinct
        made.operation,
        made.outcome,
        first_symptom.day
    from made
    inner join first_symptom on made.operation = first_symptom.operation
    where made.by_symptom
),

answered as (
    select
        reading.operation,
        reading.outcome,
        reading.source,
        reading.line,
        reading.day,
        reading.day = failed.day as is_answer
    from reading
    inner join outcome_landmark on reading.outcome = outcome_landmark.outcome
    inner join failed on reading.operation = failed.operation and reading.outcome = failed.outcome
    where
        reading.reading is not null
        and (reading.day = failed.day or (outcome_landmark.improvement and reading.day <= 0))
    qualify
        reading.day = failed.day
        -- A reading has its day: never null.
        or reading.day = max(reading.day) over (
            partition by reading.operation, reading.outcome, reading.day = failed.day
        )
)

select
    operation,
    outcome,
    'event' as role,
    kept,
    source,
    line,
    cast(happened as integer) as day
from made
union all
select
    clocked.operation,
    clocked.outcome,
    'clock' as role,
    'symptom' as kept,
    symptom.source,
    symptom.line,
    cast(clocked.day as integer) as day
from clocked
inner join operation on clocked.operation = operation.operation
inner join symptom
    on
        clocked.operation = symptom.operation
        and date_diff('day', operation.surgery_date, symptom.onset_date) = clocked.day
union all
select
    operation,
    outcome,
    -- Two days, neither null, are the same or not.
    case when is_answer then 'answer' else 'baseline' end as role,
    'follow_up' as kept,
    source,
    line,
    cast(day as integer) as day
from answered
order by operation, outcome, role, kept, source, line
