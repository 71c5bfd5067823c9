-- One row per operation and outcome followed over time: failed, died or left follow-up, and on which day.
-- On one day failure comes before death, and death before leaving. A failure counts although recorded after the
-- last contact: the record itself is contact.
-- made: passing
-- operation: integer, the number of the operation
-- outcome: utinyint, the code of the outcome
-- state: integer, 0 left follow-up, 1 failed, 2 died
-- day: bigint, days from surgery to its state
-- persistent: boolean, whether a symptom that dates the failure was never relieved
with timed as (
    select distinct outcome
    from outcome_event
),

failure as (
    select
        operation,
        outcome,
        -- An event has its day: never null.
        min(day) as day,
        -- It is never null.
        bool_or(persistent) as persistent
    from counted_event
    group by operation, outcome
)

select
    base.operation,
    timed.outcome,
    case
        when failure.day <= coalesce(base.died_day, failure.day) then 1
        when base.died_day is not null then 2
        else 0
    end as state,
    case
        when failure.day <= coalesce(base.died_day, failure.day) then failure.day
        when base.died_day is not null then base.died_day
        else base.left_day
    end as day,
    -- Without a failure there is none: null.
    coalesce(failure.persistent, false) as persistent
from follow_up_end as base
cross join timed
left join failure on base.operation = failure.operation and timed.outcome = failure.outcome
