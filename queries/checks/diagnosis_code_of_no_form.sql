-- One row per finding whose code is not written as ICD-10-CM codes are.
-- severity: cell
-- table: diagnoses
-- column: code
-- clears: code
-- judged: code is not null
-- message: is not written as an ICD-10-CM code, such as M96.1. It is left out.
select
    source,
    line,
    code as value
from staged_diagnoses
where
    not has_form_of_code(code)
order by source, line
