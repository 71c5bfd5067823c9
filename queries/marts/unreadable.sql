-- One row per operation, field of its records in which a cell was left out alone, and factor not known for that.
-- What stood there was recorded, but not readable.
-- made: kept
-- ${cohort}, quarter: as in operation_band
-- field: smallint, the code of the table and column in which a cell could not be read
-- factor: utinyint, the code of the factor; 0 where the field feeds none, or the factor is known all the same
select distinct
    band.${cohort},
    band.quarter,
    field_code.code as field,
    -- A band is never null: code 0 is not recorded.
    cast(case when ${its_band} = 0 then factor_field.factor else 0 end as utinyint) as factor  -- noqa: RF02
from unreadable_cell
inner join operation_band as band on unreadable_cell.operation = band.operation
inner join code as field_code on field_code.dimension = 'field' and unreadable_cell.field = field_code.name
left join factor_field on field_code.name = factor_field.field
order by band.operation, field, factor
