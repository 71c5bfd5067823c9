-- One row per row of the mart, of the operations that the reader chose and the viewer may see.
-- Written once and put in front of every read that says "from cohort_of_<mart>".
-- All columns of the mart: the read in front of which this stands names those it wants.
-- A list that is null filters nothing; an empty list matches nothing.
-- The viewer's scope comes last and is bound last: no choice of the reader can widen it.
select *  -- noqa: AM04
from ${mart}
where
    ($operated_from is null or operated >= $operated_from)
    and ($operated_to is null or operated <= $operated_to)
    and ($procedures is null or list_contains($procedures, procedure))
    and ($surgeons is null or list_contains($surgeons, surgeon))
    and ($sites is null or list_contains($sites, site))
    and ($prior_surgery is null or list_contains($prior_surgery, prior_surgery))
    and ($age is null or list_contains($age, age))
    and ($sex is null or list_contains($sex, sex))
    and ($indication is null or list_contains($indication, indication))
    and (not $index_only or index_operation)
    and ($scope_surgeons is null or list_contains($scope_surgeons, surgeon))
    and ($scope_sites is null or list_contains($scope_sites, site))
