# Two commands need nothing but make and Python 3.11 or newer: `make demo` and `make test`.
# Both build .venv from the hashed locks in requirements/ and build it anew when a lock changes.

DEMO_ARGS ?=
PYTEST_ARGS ?=
PROVE_ARGS ?=
UV ?= uv
VENV := .venv
BIN := $(VENV)/bin
NODE_TESTS := tests/conformance/peer
BROWSER_TESTS := tests/desk/browser_modules
SHOTS ?= screenshots
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes --only-binary :all:
# The tree itself: its build backend is in the lock, so nothing more is fetched.
TREE := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation --editable .
NEW_ENOUGH := const [a, b] = process.versions.node.split("."); process.exit(a > 18 || (a == 18 && b > 16) ? 0 : 1)
export NEW_ENOUGH

CANDIDATES := python3 python3.13 python3.12 python3.11 /usr/bin/python3
PYTHON ?= $(shell for each in $(CANDIDATES); do \
	  if $$each -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	  then echo $$each; break; fi; done)

.DEFAULT_GOAL := help
.PHONY: help demo test lint format prove bench schemas catalogues screenshots lock clean need-python \
  node-tests browser-modules

help:
	@echo 'make demo     three nodes on this machine trace a firearm (DEMO_ARGS="..." is passed on)'
	@echo 'make test     style, types, room rules and all tests (PYTEST_ARGS="..." is passed on)'
	@echo 'make prove    the long proofs at full size; goes on where it was stopped (PROVE_ARGS="kill" chooses)'
	@echo 'make bench    measure, and write bench.json'
	@echo 'make lint     style, types and room rules only;  make format  put the style right'
	@echo 'make schemas  write schemas/ from the model;     make lock    renew requirements/ (needs uv)'
	@echo 'make catalogues  write locale/*.po from the pages;     make screenshots  draw each page (SHOTS=folder)'
	@echo 'make clean    remove .venv and caches'

need-python:
	@if [ -z '$(PYTHON)' ]; then \
	  echo 'Tracer needs Python 3.11 or newer with venv; none of these has it: $(CANDIDATES).' >&2; \
	  echo 'Install one (Debian: apt install python3 python3-venv) or name it: make PYTHON=/path/to/python3' >&2; \
	  exit 1; fi

$(VENV)/core.stamp: requirements/core.txt pyproject.toml | need-python
	@echo 'Installing the $(words $(shell grep -E "^[a-z0-9]" requirements/core.txt | cut -d= -f1)) locked packages that Tracer runs on into $(VENV) ...'
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) --requirement requirements/core.txt
	@$(TREE)
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt requirements/pdf.txt requirements/core.txt pyproject.toml | need-python
	@echo 'Installing the $(words $(shell grep -E "^[a-z0-9]" requirements/dev.txt | cut -d= -f1)) locked packages for running and testing (pytest, hypothesis, ruff, mypy, ...) into $(VENV) ...'
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) --requirement requirements/dev.txt
	@$(PIP) --requirement requirements/pdf.txt
	@$(TREE)
	@touch $(VENV)/core.stamp $@

demo: $(VENV)/core.stamp
	@$(BIN)/python -m tracer demo $(DEMO_ARGS)

# Style and types are checked beside the tests, which leave a processor idle at times; the last line
# is pytest's where they hold. The package is compiled once before, and not by each of the many
# processes that the tests start, which would not keep it where PYTHONDONTWRITEBYTECODE is set. What
# tests write lies in memory where 8 GB of it are free for that: much of their time was waiting for
# the disk to sync what nobody needs after them. A run writes 4 GB.
test: $(VENV)/dev.stamp node-tests browser-modules
	@$(BIN)/python -m compileall -q -j 2 tracer
	@echo 'Checking style, types and room rules beside the tests ...'
	@room=$$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 8000000 { print $$6 }'); \
	  scratch=$${room:+$$(mktemp -d -p "$$room")}; \
	  $(MAKE) --no-print-directory lint >$(VENV)/lint.log 2>&1 & lint=$$!; \
	  $(BIN)/python -m pytest -n 3 $${scratch:+--basetemp=$$scratch/t} $(PYTEST_ARGS); tests=$$?; \
	  if [ -n "$$scratch" ]; then rm -rf "$$scratch"; fi; \
	  if wait $$lint; then exit $$tests; else cat $(VENV)/lint.log >&2; exit 1; fi

lint: $(VENV)/dev.stamp
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@report=$$($(BIN)/lint-imports --no-cache 2>&1) || { echo "$$report"; exit 1; }; echo "$$report" | grep '^Contracts:'
	@$(BIN)/python -m tests.rules.shape

format: $(VENV)/dev.stamp
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

prove: $(VENV)/dev.stamp node-tests browser-modules
	@$(BIN)/python -m tests.prove $(PROVE_ARGS)

bench: $(VENV)/dev.stamp
	@$(BIN)/python -m tests.bench

schemas: $(VENV)/dev.stamp
	@$(BIN)/python -m tracer.model.schema schemas/
	@$(BIN)/python -m tracer.trust.schema schemas/
	@$(BIN)/python -m tracer.exchange.courier.schema schemas/
	@for each in envelope evidence journal cosignature entry agreement statement bundle payload batch refusal courier restore; do $(BIN)/python -m tests.vectors.generate_$$each; done
	@for each in fold clock; do $(BIN)/python -m tests.model.$${each}_scenarios; done

catalogues: $(VENV)/dev.stamp
	@$(BIN)/python -m tracer.web.ui.catalogue

screenshots: $(VENV)/dev.stamp browser-modules
	@$(BIN)/python -m tests.desk.screenshots $(SHOTS)

# dev first; core and pdf (core with the extra `pdf`) are held to the same versions.
LOCK_ARGS ?=
lock:
	@$(UV) --version >/dev/null 2>&1 || { echo 'make lock needs uv: pip install uv, or make lock UV=/path/to/uv' >&2; exit 1; }
	@$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header --python-version 3.11 $(LOCK_ARGS) pyproject.toml --group build --extra dev \
	  --output-file requirements/dev.txt
	@$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header --python-version 3.11 $(LOCK_ARGS) pyproject.toml --group build \
	  --constraints requirements/dev.txt --output-file requirements/core.txt
	@$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --no-header --python-version 3.11 $(LOCK_ARGS) pyproject.toml --group build --extra pdf \
	  --constraints requirements/dev.txt --output-file requirements/pdf.txt

# Node modules of a folder of tests; every version is exact in its package.json.
define NODE_MODULES
	if [ ! $(1)/node_modules/.stamp -nt $(1)/package.json ]; then \
	  echo 'Installing the Node modules of $(1) ...'; \
	  if [ ! -w "$${HOME:-/nowhere}" ]; then export npm_config_cache="$(CURDIR)/$(VENV)/npm"; fi; \
	  if npm install --prefix $(1) --no-package-lock --omit-lockfile-registry-resolved \
	    --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error; \
	  then touch $(1)/node_modules/.stamp; \
	  else echo 'They cannot be installed: $(2) will be skipped.'; [ "$$CI" != true ]; fi; fi
endef

# The second implementation in the conformance tests. Where it cannot be had its tests are skipped,
# and fail in CI (CI=true), which may leave nothing out.
node-tests:
	@if ! command -v npm >/dev/null 2>&1 || ! node -e "$$NEW_ENOUGH" 2>/dev/null; then \
	  echo 'Node.js 18.17 or newer with npm is not here (Debian: apt install nodejs npm):'; \
	  echo 'the tests against a second implementation will be skipped.'; \
	else $(call NODE_MODULES,$(NODE_TESTS),the tests against a second implementation); fi

# axe-core for the browser tests of the desk; the browser itself is the system's Chromium.
browser-modules:
	@if ! command -v npm >/dev/null 2>&1; then echo 'npm is not here: the browser tests will be skipped.'; \
	else $(call NODE_MODULES,$(BROWSER_TESTS),the browser tests); fi

clean:
	@rm -rf $(VENV) .mypy_cache .ruff_cache .import_linter_cache .hypothesis .pytest_cache .prove .demo \
	  dist *.egg-info $(NODE_TESTS)/node_modules $(BROWSER_TESTS)/node_modules
	@find tracer tests -name __pycache__ -prune -exec rm -rf {} +
