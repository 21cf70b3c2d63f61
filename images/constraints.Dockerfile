# Resolves what the images install anew; `make constraints` writes constraints.txt.
ARG PYTHON_IMAGE=python:3.13-slim

FROM ${PYTHON_IMAGE} AS resolve
WORKDIR /build
COPY elt/pyproject.toml ./
RUN mkdir -p src/elt && echo '__version__ = "0"' >src/elt/__init__.py \
    && python -m venv --without-pip /environment \
    && pip --python /environment/bin/python install --quiet --no-cache-dir \
        hatchling '.[controller,dbt]' \
    && mkdir /result \
    && { echo '# What the images install; written by make constraints.' \
        && pip --python /environment/bin/python freeze --exclude elt; \
    } >/result/constraints.txt

FROM scratch
COPY --from=resolve /result /
