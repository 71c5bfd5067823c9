-- One row per kind of record that nobody records here: no table of it came, and no row; or a measure without an answer.
-- What rests on such a kind is not known: that is not 0 %.
create table missing_kind (
    kind varchar
)
