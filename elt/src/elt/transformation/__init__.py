"""dbt on the replicas: freshness, build and docs in this process, and their record."""
