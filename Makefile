# What people and CI type. Needs Python >= 3.11 and make; everything else is installed under .venv.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.ONESHELL:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
export PORT
# Deliberate for the lines below that run Django: tests and production name their own settings.
DEV := DJANGO_SETTINGS_MODULE=config.settings.dev
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install
PANGO := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core

.PHONY: help run test test-sqlite lint check docs demo-walk messages extract workflow lock pango bench

help: ## List what can be typed
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

run: $(VENV)/run.stamp pango messages ## Serve the application with its demonstration
	@export $(DEV)
	$(BIN)/python manage.py migrate --verbosity 0
	exec $(BIN)/python -m config.serve

test: $(VENV)/test.stamp pango messages ## Install what tests need and run all of them
	@exec $(BIN)/python -m tests

test-sqlite: $(VENV)/test.stamp messages ## Run the tests that touch the database, on SQLite
	@exec $(BIN)/python -m tests --sqlite

lint: $(VENV)/test.stamp ## Style, types, layers, security lint
	@set -x
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/bandit --quiet --severity-level medium --recursive --configfile pyproject.toml approvals content config

check: lint messages ## Everything that CI checks
	@set -x
	export $(DEV)
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py draw_workflow --check
	env -u DEBUG DJANGO_SETTINGS_MODULE=config.settings.prod ALLOWED_HOSTS=imprimatur.example \
	  SECRET_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
	  SIGNING_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_hex(32))')" \
	  $(BIN)/python manage.py check --deploy --fail-level WARNING
	set +x
	$(MAKE) test

docs: $(VENV)/run.stamp workflow ## Write the generated documents

workflow: $(VENV)/run.stamp ## Draw docs/workflow.md from the machine itself
	@$(DEV) $(BIN)/python manage.py draw_workflow

demo-walk: $(VENV)/run.stamp pango messages ## Walk the whole lifecycle through the API
	@$(DEV) $(BIN)/python manage.py demo_walk

bench: $(VENV)/run.stamp messages ## Take the performance figures (on PostgreSQL where DATABASE_URL names it)
	@$(DEV) $(BIN)/python manage.py bench

messages: $(VENV)/run.stamp ## Compile the catalogues (no gettext needed)
	@for domain in django djangojs; do
	  if compgen -G "config/locale/*/LC_MESSAGES/$$domain.po" >/dev/null; then
	    $(BIN)/pybabel --quiet compile --directory config/locale --domain $$domain
	  fi
	done

extract: $(VENV)/run.stamp ## Bring the catalogues up to date with the source (needs gettext)
	@for domain in django djangojs; do
	  $(DEV) $(BIN)/python manage.py makemessages --locale fr --domain $$domain --no-location \
	    --no-wrap --ignore '.venv/*' --ignore 'var/*' --ignore 'tests/*' --ignore 'config/static/vendor/*'
	done

lock: ## Write requirements/*.lock again, with hashes
	@test -x $(VENV)/lock/bin/pip-compile || { $(PYTHON) -m venv $(VENV)/lock; $(VENV)/lock/bin/pip install --quiet pip-tools==7.6.2; }
	compile() { CUSTOM_COMPILE_COMMAND="make lock" $(VENV)/lock/bin/pip-compile --quiet --upgrade \
	  --generate-hashes --strip-extras --allow-unsafe --no-emit-options --no-emit-index-url \
	  --no-emit-find-links --no-emit-trusted-host "$$@" pyproject.toml; }
	compile --output-file requirements/run.lock
	compile --extra test --constraint requirements/run.lock --output-file requirements/test.lock

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Imprimatur needs Python 3.11 or later: type make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV) \
	  || { echo "Python cannot make a virtual environment: type apt-get install python3-venv"; exit 1; }

$(VENV)/run.stamp: requirements/run.lock | $(BIN)/python
	@echo "Installing the locked dependencies…"
	$(PIP) --require-hashes --requirement requirements/run.lock
	touch $@

$(VENV)/test.stamp: requirements/test.lock | $(BIN)/python
	@echo "Installing the locked dependencies and what tests need…"
	$(PIP) --require-hashes --requirement requirements/test.lock
	touch $@ $(VENV)/run.stamp

# PDFs are written with Pango. Without it the application starts, and says so when a PDF is asked for.
pango: | $(BIN)/python
	@has_pango() { $(BIN)/python -c 'import ctypes; [ctypes.CDLL(name) for name in ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")]' 2>/dev/null; }
	if has_pango; then exit 0; fi
	as_root=""; [ "$$(id -u)" = 0 ] || as_root="sudo -n"
	if command -v apt-get >/dev/null && $$as_root true 2>/dev/null; then
	  echo "Installing Pango, which writes the PDFs…"
	  export DEBIAN_FRONTEND=noninteractive
	  { timeout 120 $$as_root apt-get update && timeout 300 $$as_root apt-get install --yes --no-install-recommends $(PANGO); } >/dev/null 2>&1 || true
	fi
	has_pango || echo "Pango is missing: PDFs are off until you type: sudo apt-get install $(PANGO)"
