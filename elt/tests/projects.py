"""Small dbt projects, for one behaviour each: they build in a second."""

PROJECT = """\
name: small
version: 1.0.0
profile: small
flags: {send_anonymous_usage_stats: false}
models: {+materialized: table}
"""
PROFILE = """\
small:
  target: prod
  outputs:
    prod:
      type: postgres
      host: "{{ env_var('DESTINATION_HOST') }}"
      port: "{{ env_var('DESTINATION_PORT') | as_number }}"
      user: "{{ env_var('DESTINATION_USER') }}"
      password: "{{ env_var('DESTINATION_PASSWORD', '') }}"
      dbname: "{{ env_var('DESTINATION_DATABASE') }}"
      schema: public
      threads: 2
"""


def write_project(folder, files):
    """Write a project with these files besides its profile, and return its folder."""
    everything = {"dbt_project.yml": PROJECT, "profiles.yml": PROFILE} | files
    for name, text in everything.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder
