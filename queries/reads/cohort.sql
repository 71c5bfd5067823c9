-- One row per row of the mart, of the operations that the reader chose and the viewer may see.
-- Written once and put in front of every read that says "from cohort_of_<mart>".
-- All columns of the mart: the read in front of which this stands names those it wants.
-- filters: the condition of each filter of the one list, by which the reader may have chosen.
-- The viewer's scope comes last and is bound last: no choice of the reader can widen it.
select *  -- noqa: AM04
from ${mart}
where
    ($operated_from is null or operated >= $operated_from)
    and ($operated_to is null or operated <= $operated_to)
    and ${filters}
    and (not $index_only or index_operation)
    and ($scope_surgeons is null or list_contains($scope_surgeons, surgeon))
    and ($scope_sites is null or list_contains($scope_sites, site))
