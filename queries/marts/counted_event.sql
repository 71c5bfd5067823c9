-- One row per outcome and recorded event that is a failure by it: when it happened, and the day that it counts as.
-- An operation of which nobody says whether an implant was left has the days of one without.
-- made: passing
-- operation: integer, the number of the operation
-- outcome: utinyint, the code of the outcome
-- kept: varchar, the table that holds the record
-- source: smallint, the file that says so
-- line: integer, its line there
-- happened: bigint, days since surgery
-- by_symptom: boolean, whether the first symptom sets the clock
-- day: bigint, the day that it counts as
-- persistent: boolean, whether a symptom was never relieved
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
    -- Without a recorded symptom none is known never to have been relieved.
    outcome_event.first_symptom and coalesce(first_symptom.persistent, false) as persistent
from event
inner join operation on event.operation = operation.operation
inner join outcome_event
    on
        event.kind = outcome_event.source
        and (outcome_event.value is null or event.value = outcome_event.value)
        and (
            outcome_event.within_days is null
            or event.day between 0 and
            -- An implant that is not recorded does not lengthen the time: what it would add is not known to be of it.
            case when operation.implant_used then outcome_event.with_implant else outcome_event.within_days end
        )
left join first_symptom on event.operation = first_symptom.operation
