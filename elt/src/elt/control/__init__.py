"""The Kubernetes controller: replicate, then dbt, in an order that it keeps.

`ordering` decides from what was listed, `kube` talks to the API server, `controller`
joins the two until a signal ends it.
"""
