-- One row: what the definitions say of reoperations and of the code that by itself records a failure.
create table rule (
    reoperation_window_days integer,
    fbss_code varchar,
    made_up boolean,
    practice varchar,
    definitions_version varchar,
    care_outcome varchar
)
