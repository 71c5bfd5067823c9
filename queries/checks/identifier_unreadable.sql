-- One row per ${noun} whose ${identifier} has over 64 characters, or others than A to Z, digits and - _ . : /.
-- tables: patients, operations, follow_ups, events
-- name: ${record}_identifier_unreadable
-- severity: row
-- phase: identity
-- column: ${identifier}
-- message: this identifier holds characters that are invisible or not letters, digits or - _ . : /.
-- message: Or it has more than 64 characters. Write it again by hand.
select
    source,
    line,
    null as value
from ${staged}
where
    not regexp_full_match(${identifier}, '[A-Za-z0-9_.:/-]{1,64}')
    -- Rounded by a spreadsheet: that is told once for all of them.
    and not is_rounded(${identifier})
order by source, line
