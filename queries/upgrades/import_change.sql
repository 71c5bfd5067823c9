-- One row per side, kind of change, outcome, state and day: index operations of two generations held together.
-- Both are of the definitions of today. An operation is known again by its pseudonym, whatever its number is.
-- Followed further: unanswered or not yet due before, or last seen well, and what became of it came no sooner.
-- Corrected: whatever else is not as it was.
-- Columns are those of the table import_change.
with was as (
    select
        operation.operation_key,
        mart.outcome,
        mart.operated,
        mart.state,
        mart.day
    from before_operation_outcome as mart
    inner join before_operation as operation on mart.operation = operation.operation
    where mart.index_operation
),

now as (
    select
        operation.operation_key,
        mart.outcome,
        mart.operated,
        mart.state,
        mart.day
    from operation_outcome as mart
    inner join operation on mart.operation = operation.operation
    where mart.index_operation
),

known as (
    select distinct operation_key
    from before_operation
),

at_visit as (
    select distinct outcome
    from outcome_landmark
),

held as (
    select
        coalesce(was.outcome, now.outcome) as outcome,
        was.state as was_state,
        was.day as was_day,
        now.state as now_state,
        now.day as now_day,
        case
            when known.operation_key is null and was.operation_key is null then 3
            -- One of the two is null where an operation stands on one side alone.
            when now.operation_key is null then 4
            when was.operation_key is null then 5
            -- At a visit the day says nothing: it is that of the answer.
            when
                was.operated = now.operated and was.state = now.state
                and (was.day = now.day or at_visit.outcome is not null)
                then 0
            when was.operated <> now.operated then 1
            when was.state in (3, 4) then 2
            when was.state = 0 and at_visit.outcome is null and now.day >= was.day then 2
            else 1
        end as change
    from was
    full outer join now on was.operation_key = now.operation_key and was.outcome = now.outcome
    left join known on now.operation_key = known.operation_key
    left join at_visit on now.outcome = at_visit.outcome
)

select
    cast(1 as utinyint) as side,
    cast(change as utinyint) as change,
    outcome,
    was_state as state,
    was_day as day,
    cast(count(*) as integer) as operations
from held
where was_state is not null
group by change, outcome, was_state, was_day
union all
select
    cast(2 as utinyint) as side,
    cast(change as utinyint) as change,
    outcome,
    now_state as state,
    now_day as day,
    cast(count(*) as integer) as operations
from held
where now_state is not null
group by change, outcome, now_state, now_day
