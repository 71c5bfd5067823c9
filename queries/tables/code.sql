-- One row per dimension and code: the name and the label that it stands for; code 0 is "not recorded".
create table code (
    dimension varchar,
    code smallint,
    name varchar,
    label varchar,
    family varchar
)
