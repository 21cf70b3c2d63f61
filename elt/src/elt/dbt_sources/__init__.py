"""Writes dbt sources for the replicas: what the catalog knows, nobody types again.

Columns, comments, keys and `not null` come from the catalog of the destination,
foreign keys from `elt.streams`, because a replica need not have them. A partitioned
table stands for its partitions, which come and go. The YAML asks for one test that dbt
does not bring: `unique_combination_of_columns`. A foreign key of several columns has
no test in dbt and is left out.
"""
