-- One row per thing that was wrong with the records imported.
create table issue (
    severity varchar,
    rule varchar,
    file varchar,
    line integer,
    column_name varchar,
    value varchar,
    message varchar
)
