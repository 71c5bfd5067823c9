-- One row per file that was imported.
create table source (
    source smallint,
    file varchar,
    sha256 varchar,
    rows integer
)
