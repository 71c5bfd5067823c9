-- One row per finding whose code is not written as ICD-10-CM codes are.
-- severity: note
-- table: diagnoses
-- column: code
-- judged: code is not null
-- message: is not written as an ICD-10-CM code, such as M96.1. It is kept, and recognised as none.
select
    source,
    line,
    code as value
from staged_diagnoses
where
    not regexp_full_match(upper(code), '[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?')
order by source, line
