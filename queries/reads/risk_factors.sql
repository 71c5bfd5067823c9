-- One row per factor, band and day up to the landmark: how many failed, died before failing, or left follow-up.
-- All factors in one pass. Days after $within_days are one day: nothing later changes what is known at the landmark.
-- grouping_bits: a bit for each factor in the order asked for, the last one lowest; 0 is the bit of the factor counted.
-- due_failed, lost and not_due as in lost.
-- band: the code of that factor's band, 0 for not recorded.
select
    least(day, $within_days + 1) as until_day,
    grouping(${factors}) as grouping_bits,
    coalesce(${factors}) as band,
    count(*) filter (where state = 1) as failed,
    count(*) filter (where state = 2) as died,
    count(*) filter (where state not in (1, 2)) as left_follow_up,
    count(*) filter (where operated <= $due_from and state = 1 and day <= $within_days) as due_failed,
    count(*) filter (where operated <= $due_from and state not in (1, 2) and day < $within_days) as lost,
    count(*) filter (where operated > $due_from) as not_due
from cohort_of_operation_outcome
where outcome = $outcome
group by until_day, grouping sets (${factors})
order by grouping_bits, band, until_day
