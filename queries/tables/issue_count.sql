-- One row per rule, file and column that the records imported were found to break: how often, and the first case.
create table issue_count (
    severity varchar,
    rule varchar,
    file varchar,
    column_name varchar,
    times bigint,
    judged bigint,
    first_line integer,
    message varchar
)
