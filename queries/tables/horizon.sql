-- One row per landmark: the days that readers hold a day against, when counts were prepared.
create or replace table horizon (
    days integer
)
