-- One row per rule, file and column that the records imported were found to break: how often, and the first place.
-- No cell and no name of a column stands here: either may be a patient's. They are in the import's own report.
create table issue_count (
    severity varchar,
    rule varchar,
    file varchar,
    times bigint,
    judged bigint,
    first_line integer
)
