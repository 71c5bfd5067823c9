-- One row per side, kind of change, outcome, state and day: how many index operations, before this import and after it.
-- side: 0 as it was published before; 1 the same records by the definitions of today; 2 now. Side 0 is left out where
-- it would be as side 1.
-- change: 0 none, 1 corrected, 2 followed further, 3 new; and corrected too: 4 gone, or no index operation any more,
-- 5 an index operation only now.
create table import_change (
    side utinyint,
    change utinyint,
    outcome utinyint,
    state utinyint,
    day smallint,
    operations integer
)
