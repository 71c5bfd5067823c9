-- One row per outcome and recorded event that is a failure by it: when it happened, and the day that it counts as.
-- by_symptom: the day is that of the first symptom, which sets the clock.
select
    event.operation,
    outcome_event.outcome,
    event.kept,
    event.source,
    event.line,
    event.day as happened,
    outcome_event.first_symptom and first_symptom.day is not null as by_symptom,
    case
        when outcome_event.first_symptom then coalesce(first_symptom.day, event.day)
        else event.day
    end as day,
    outcome_event.first_symptom and coalesce(first_symptom.persistent, false) as persistent
from event
inner join outcome_event
    on
        event.kind = outcome_event.source
        and (outcome_event.value is null or event.value = outcome_event.value)
        and (outcome_event.within_days is null or event.day between 0 and outcome_event.within_days)
left join first_symptom on event.operation = first_symptom.operation
