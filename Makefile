# Two commands do everything: `make demo` and `make test`. `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
TRAIN := .venv-train
BIN := $(VENV)/bin
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup setup-train system assets demo test test-fast test-postgres kill-tests lint format schemas docs faults replay-week screenshots bench clean

help: ## List the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Facings needs Python 3.11 or newer; name it with: make PYTHON=python3.11 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[edge,cloud,sim,render,dev]'
	@touch $@

setup: $(VENV)/installed assets ## Make the environment and the pages' assets

# torch first and pinned: a newer one, pulled in by another package, brings gigabytes of CUDA.
$(TRAIN)/installed: pyproject.toml
	$(PYTHON) -m venv $(TRAIN)
	$(TRAIN)/bin/pip install --quiet --disable-pip-version-check torch==2.13.0
	$(TRAIN)/bin/pip install --quiet --disable-pip-version-check --no-deps torchvision==0.28.0
	$(TRAIN)/bin/pip install --quiet --disable-pip-version-check -e '.[train]' pytest pytest-timeout
	@touch $@

setup-train: $(TRAIN)/installed ## Make the training environment (torch, ultralytics), apart from the other

assets: $(VENV)/installed ## Fetch and lay out the scripts of the pages (npm packages; no CDN)
	@$(BIN)/python -m cloud.web.build

# The browser of the page tests, PostgreSQL, and LLVM (17 or newer), with which Mitsuba renders faster; installed where root allows, the
# first two asked for elsewhere.
system:
	@ldconfig -p | grep -Eq 'libLLVM(-|\.so\.)(1[7-9]|[2-9][0-9])' || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null || \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			libllvm19 >/dev/null; } || echo "LLVM 17 or newer is not to be had here: Mitsuba renders without, more slowly"
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
				chromium fonts-noto-cjk >/dev/null; \
		else echo "The page tests need Chromium: install the package chromium"; exit 1; fi; }
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
				postgresql >/dev/null; \
		else echo "The tests of the records need PostgreSQL: install the package postgresql"; exit 1; fi; }

demo: setup ## Run the whole product on simulated coolers (ONCE=1: end by itself)
	$(BIN)/facings sim demo $(if $(ONCE),--once)

# In two runs: threads and files of each test's in-process ClickHouse stay until its worker ends, and a worker with over
# 1,023 open files is none for the tests of the daemon, whose Modbus library waits with select().
test: setup setup-train system ## Run all tests, as CI does
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m "not training" --ignore=tests/cloud
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m "not training" tests/cloud
	$(TRAIN)/bin/python -m pytest -m training tests/models

test-fast: setup ## Run the tests of one folder: make test-fast T=tests/facings
	$(BIN)/pytest $(T)

test-postgres: setup system ## The tests of the cloud with its records on PostgreSQL
	FACINGS_TEST_RECORDS=postgres $(BIN)/pytest -n $(WORKERS) --dist loadfile tests/cloud

kill-tests: setup ## kill -9 of daemon, cloud and broker in mid-run, RUNS=10 times each
	FACINGS_KILL_RUNS=$(or $(RUNS),10) $(BIN)/pytest tests/e2e/test_kill9.py -p no:xdist

lint: $(VENV)/installed ## ruff, mypy --strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/installed ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schemas: $(VENV)/installed ## Publish the JSON Schema of new message versions in docs/schemas
	$(BIN)/facings schema export

replay-week: setup ## Render anew the photo-real week that the demo replays (an hour of a core)
	$(BIN)/python -m firmware_sim.demo.shipped

docs: $(VENV)/installed ## Write docs/cli.md, docs/kpi.md and docs/registers.md from the code
	$(BIN)/python -m tests.support.cli_docs
	$(BIN)/python -m cloud.analytics.registry > docs/kpi.md
	$(BIN)/python -m facings.registers > docs/registers.md

faults: setup ## Run every fault against the daemon and write docs/faults.md
	$(BIN)/python -m tests.support.fault_docs

screenshots: setup system ## Take the guides' pictures of a running demo: URL=... EMAIL=... PASSWORD=...
	$(BIN)/python -m tests.support.screenshots $(URL) $(EMAIL) $(PASSWORD)

bench: setup ## Run benchmarks, each prints JSON: B="vision ingest", all (hours) without
	@for name in $(or $(B),$(basename $(notdir $(wildcard bench/[a-z]*.py)))); do $(BIN)/python -m bench.$$name; done

clean: ## Remove what was built or simulated; environments stay
	rm -rf var runs build demo-summary.json .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
