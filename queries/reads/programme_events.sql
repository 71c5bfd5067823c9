-- One row per group, whether due, state and day: operations, by the first of some events within some days of surgery.
-- The events: outcomes of ours, kinds of complication, and death where $death asks for it. Complications are not in a
-- mart by their kind: there are few, and they are read as they were recorded.
-- state: 0 followed without one, 1 had one, 2 died before one; day: until then, and $within_days and one more where
-- nothing came so soon. due: operated on or before $due_from, the data date less $within_days.
-- $timed: the codes of the outcomes that are followed over time, which know until when an operation was followed.
-- unit: the code of the group in the chosen column; 0 for everybody together.
with followed as (
    select
        ${by} as unit,
        operation,
        operated,
        -- Null where no such outcome came.
        min(case when state = 1 and list_contains($outcomes, outcome) then day end) as outcome_day,
        -- Null for the living, and where every outcome came before death.
        max(case when state = 2 then day end) as died_day,
        -- Where every outcome came, the last of them is the last that is recorded: never null.
        coalesce(max(case when state != 1 then day end), max(day)) as seen_day
    from cohort_of_operation_outcome
    where list_contains($timed, outcome)
    group by unit, operation, operated
),

complicated as (
    select
        followed.operation,
        -- A complication has its day: never null.
        min(date_diff('day', followed.operated, complication.complication_date)) as complicated_day
    from complication
    inner join followed on complication.operation = followed.operation
    where
        list_contains($complications, complication.complication)  -- noqa: RF02
        and complication.complication_date >= followed.operated
    group by followed.operation
),

first_event as (
    select
        followed.unit,
        followed.operated,
        followed.died_day,
        followed.seen_day,
        -- It passes over null, which is what did not come; null where nothing came.
        least(
            followed.outcome_day,
            complicated.complicated_day,
            case when $death then followed.died_day end  -- noqa: RF02
        ) as event_day
    from followed
    left join complicated on followed.operation = complicated.operation
),

became as (
    select
        unit,
        operated <= $due_from as due,
        case
            when event_day <= $within_days then 1
            when died_day <= $within_days then 2
            -- Null is nothing that came.
            else 0
        end as state,
        case
            when event_day <= $within_days then event_day
            when died_day <= $within_days then died_day
            -- A later event is a time until which it was followed too; it passes over null, which is none.
            else least(greatest(seen_day, event_day), $within_days + 1)
        end as day
    from first_event
)

select
    unit,
    due,
    state,
    day,
    count(*) as operations
from became
group by unit, due, state, day
order by unit, due, state, day
