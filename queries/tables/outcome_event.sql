-- One row per outcome and kind of event that makes an operation a failure; value is null where any will do, and
-- within_days, the last day after surgery on which the event counts, where any day will do; with_implant is that day
-- after an operation of which an implant is recorded.
create table outcome_event (
    outcome utinyint,
    source varchar,
    value varchar,
    first_symptom boolean,
    within_days integer,
    with_implant integer
)
