-- One row per factor and field that feeds it, named by its kept table: the factor's code, and the field.
create table factor_field (
    factor utinyint,
    field varchar
)
