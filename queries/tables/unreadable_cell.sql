-- One row per operation and cell of its records that was left out alone, because it could not be read or contradicts
-- another; a cell of a patient stands once for each operation.
-- field: the kept table and the column that it would stand in
create table unreadable_cell (
    operation integer,
    field varchar
)
