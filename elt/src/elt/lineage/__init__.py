"""What dbt makes of the replicas: which of its nodes lie downstream of a change."""
