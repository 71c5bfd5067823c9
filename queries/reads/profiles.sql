-- One row per profile: the codes of its procedure and of each adjusting factor; nobody is counted here.
-- For a viewer whose scope is narrower, only the profiles of operations that he or she may see. For whoever sees every
-- one the operations are not gone through.
with seen as (
    select distinct profile
    from cohort_of_operation_band
    where $scope_surgeons is not null or $scope_sites is not null
)

select
    profile,
    procedure,
    family,
    ${adjusting}
from profile
where
    ($scope_surgeons is null and $scope_sites is null)
    or profile in (select seen.profile from seen)
order by profile
