-- One row per outcome and kind of event that makes an operation a failure; value is null where any will do.
create table outcome_event (
    outcome utinyint,
    source varchar,
    value varchar,
    first_symptom boolean
)
