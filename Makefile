# Everything a contributor runs. `make` alone lists the targets.
# Python is found as PYTHON (default python3, 3.11 or newer); all it installs goes into .venv.

PYTHON ?= python3
BIN := .venv/bin
ENV := .venv/.complete
NODE := node_modules/.package-lock.json
LABEXTENSION := .venv/share/jupyter/labextensions/qsession
SERVER_CONFIG := .venv/etc/jupyter/jupyter_server_config.d/qsession.json

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c

# Other releases of a dependency, put in front of the installed one with PYTHONPATH.
OLDEST_CLIENT := .overlays/qiskit-ibm-runtime-0.50.0
IBMS_TESTS := .overlays/ibms-tests
NPM_PACKAGES := $(addprefix .overlays/npm/,@jupyter-widgets/html-manager@1.0.15 @vscode/jupyter-ipywidgets8@1.0.9)
KERNELS := $(addprefix .overlays/ipykernel-,6.31.0 7.1.0 7.2.0 7.3.0)

# The libraries of a benchmark; one of them wants older releases of numpy and pandas than .venv has.
LIBRARIES_BIN := .overlays/libraries/bin
LIBRARIES_ENV := .overlays/libraries/.complete

STRESS_MINUTES ?= 10

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup lab test test-all lint format test-python test-oldest test-ibm test-js test-browser
.PHONY: fuzz stress every-python-test every-browser-test chromium front-ends notebooks pictures benchmark
.PHONY: benchmark-backends benchmark-local benchmark-before benchmark-programs benchmark-estimates benchmark-widget benchmark-ledger benchmark-forecast benchmark-record
.PHONY: docs coverage wheel release-check lock clean

# Targets share their set-up, so they run one after the other, but for those that TOGETHER starts
# once everything is set up: Python tests beside browser tests.
ifdef IS_SET_UP
SETUP :=
CHROMIUM :=
else
.NOTPARALLEL:
SETUP := setup
CHROMIUM := chromium $(NPM_PACKAGES)
endif
TOGETHER = @began=$$SECONDS; $(MAKE) --no-print-directory --jobs=2 --output-sync=target IS_SET_UP=1
TOOK = && echo "make $@ took $$((SECONDS - began)) s after the set-up."

# Two at a time: they wait for other processes most of the time.
IN_TWO_PROCESSES = --numprocesses=2 --dist=loadfile
BROWSER_TESTS = $(BIN)/pytest tests/browser $(IN_TWO_PROCESSES)

# Four processes share the cores: threads of Aer that spin while they wait take time from the others.
test-python every-python-test test-browser every-browser-test: export OMP_WAIT_POLICY = passive

# What runs for minutes tells what it does in a file, since its output comes when it has ended.
LOG = | tee test-results/$@.log
RUNNING = @mkdir -p test-results; echo "$@: running, see test-results/$@.log" >&2

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(ENV) $(NODE) ## install everything into .venv and node_modules, build the front end
	@$(BIN)/python hatch_build.py
	@# pip copied it when it was new. Not a link: Voila serves none.
	@rm -rf $(LABEXTENSION) && cp -R src/labextension $(LABEXTENSION)
	@cp src/qsession/server/jupyter_server_config.json $(SERVER_CONFIG)

lab: setup ## open JupyterLab on the quickstart notebook
	$(BIN)/python -m jupyterlab $(LAB_FLAGS) --ServerApp.root_dir=notebooks \
		--LabApp.default_url=/lab/tree/quickstart.ipynb

test: chromium $(NPM_PACKAGES) ## check a change, in minutes: this Python, JupyterLab, the newest releases
	$(TOGETHER) lint test-js docs test-browser test-python $(TOOK)

test-all: chromium $(NPM_PACKAGES) $(KERNELS) $(OLDEST_CLIENT) $(IBMS_TESTS) ## run every test: older releases, other front ends, long runs, too
	$(TOGETHER) lint test-js docs every-browser-test every-python-test test-oldest test-ibm $(TOOK)

lint: $(SETUP) ## check style and types of the Python code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/win32 src
	$(BIN)/mypy --platform darwin --cache-dir .mypy_cache/darwin src

format: setup ## rewrite Python and TypeScript in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	npm run format

test-js: $(SETUP) ## lint, type check, test and build the front end
	npm run check

test-python: $(SETUP) ## test the Python code, notebooks included, without a browser
	$(RUNNING)
	$(BIN)/pytest $(IN_TWO_PROCESSES) -m "not browser and not extended" $(LOG)

every-python-test: $(SETUP)
	$(RUNNING)
	$(BIN)/pytest -m "not browser" $(LOG)

test-oldest: $(SETUP) $(OLDEST_CLIENT) ## contract tests against the oldest supported IBM client
	PYTHONPATH=$(CURDIR)/$(OLDEST_CLIENT) $(BIN)/python -W error -c \
		"import qiskit_ibm_runtime as client; print(client.__file__, client.__version__)"
	PYTHONPATH=$(CURDIR)/$(OLDEST_CLIENT) $(BIN)/pytest tests/contract

test-ibm: $(SETUP) $(IBMS_TESTS) ## IBM's own tests of what a session has to do with, on our sessions
	cd $(IBMS_TESTS) && PYTHONPATH=$(CURDIR) $(CURDIR)/$(BIN)/pytest -p tests.contract.ibms_tests \
		-p no:cacheprovider --quiet --disable-warnings --show-capture=no \
		$$(grep -rlE 'Session|Batch' --include='test_*.py' test/unit)

test-browser: $(CHROMIUM) ## test the widget in JupyterLab, in Chromium
	$(RUNNING)
	$(BROWSER_TESTS) -m "not extended" $(LOG)

every-browser-test: $(CHROMIUM) $(KERNELS)
	$(RUNNING)
	$(BROWSER_TESTS) $(LOG)

chromium: setup ## find Chromium for test-browser; root on Debian: install it
	$(BIN)/python -m tests.browser.chromium

fuzz: setup ## compare new programs with IBM's local mode for an hour; MINUTES, PROGRAMS, SEED, FIRST, BRANCHING, IN_WORKERS, FILE
	$(BIN)/python -m tests.fuzz $(if $(MINUTES),--minutes $(MINUTES)) $(if $(PROGRAMS),--programs $(PROGRAMS)) \
		$(if $(SEED),--seed $(SEED)) $(if $(FIRST),--first $(FIRST)) $(if $(BRANCHING),--branching) \
		$(if $(IN_WORKERS),--in-workers) $(FILE)

front-ends: chromium $(NPM_PACKAGES) $(KERNELS) ## find out anew what works where, and tell it in the documentation
	$(BIN)/pytest --find-anew $(addprefix tests/browser/test_,front_ends.py views_over_time.py saved_pictures.py exports.py vscode.py)
	$(BIN)/python -m tests.browser.findings

pictures: every-browser-test ## renew the pictures in the README from what the browser tests saw
	for theme in light dark; do \
		for picture in session results-estimator dashboard; do \
			cp test-results/screenshots/$$picture-$$theme-1000.png notebooks/pictures/$$picture-$$theme.png; \
		done; \
	done

notebooks: setup ## run the notebooks and keep their outputs; NOTEBOOK=quickstart for one alone
	$(BIN)/python -m tests.notebooks.running $(NOTEBOOK)

benchmark: setup ## measure what a look at a session of IBM Quantum costs
	$(BIN)/python -m benchmarks.monitor_tick

benchmark-local: setup ## measure local sessions beside IBM's local mode (20 minutes, alone)
	$(BIN)/python -m benchmarks.local_sessions
	$(BIN)/python -m benchmarks.local_memory

benchmark-before: setup ## local sessions now and at the commit BEFORE, by turns (alone)
	$(BIN)/python -m benchmarks.between_commits $(BEFORE) $(if $(ONLY),--only "$(ONLY)") $(if $(ROUNDS),--rounds $(ROUNDS))

benchmark-programs: setup $(if $(LIBRARIES),$(LIBRARIES_ENV)) ## programs that people run, beside IBM's local mode (alone)
	$(if $(LIBRARIES),$(LIBRARIES_BIN),$(BIN))/python -m benchmarks.real_programs \
		$(if $(ONLY),--only "$(ONLY)") $(if $(ROUNDS),--rounds $(ROUNDS)) $(BENCHMARK_FLAGS)

benchmark-backends: setup ## generic backends, the basic simulator and other providers' simulators, beside IBM's local mode
	$(BIN)/python -m benchmarks.backends

benchmark-widget: chromium ## measure the wire and the view beside a naive list (alone)
	$(BIN)/python -m benchmarks.widget_wire
	$(BIN)/python -m benchmarks.widget_frames
	$(BIN)/python -m benchmarks.widget_clicks

stress: setup ## random programs of several threads on local sessions; STRESS_MINUTES=60 for an hour
	$(BIN)/python -m tests.stress --minutes $(STRESS_MINUTES) $(STRESS_FLAGS)

benchmark-estimates: setup ## how true the estimates are by which local jobs are placed (alone)
	$(BIN)/python -m benchmarks.local_estimates

benchmark-forecast: setup ## how long an estimate of work takes, which the Run panel waits for
	$(BIN)/python -m benchmarks.forecast

benchmark-ledger: setup ## four kernels write into one ledger for a minute
	$(BIN)/python -m benchmarks.ledger_kernels

benchmark-record: setup ## export, open and read a session of a thousand jobs, and of ten thousand
	$(BIN)/python -m benchmarks.record

docs: $(SETUP) ## build the documentation into docs/_build/html; a warning is an error
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going -b html docs docs/_build/html

coverage: setup ## test the Python code and the front end, and measure what of them runs
	$(BIN)/pytest $(IN_TWO_PROCESSES) -m "not browser and not extended" --cov --cov-report=term:skip-covered
	npm run coverage

wheel: setup ## build the sdist, and from it the wheel, into dist/
	rm -rf dist
	$(BIN)/python -m build --no-isolation

release-check: wheel ## install sdist and wheel, each in a new environment, and run the quickstart there
	$(BIN)/python -m tests.packaging.release

lock: $(ENV) ## write requirements-dev.lock anew from pyproject.toml
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --group dev \
		--custom-compile-command "make lock" --output-file requirements-dev.lock pyproject.toml

clean: ## remove everything that was installed or built
	rm -rf .venv .overlays node_modules dist src/qsession/static src/labextension test-results docs/_build docs/pictures
	rm -rf .pytest_cache .hypothesis .mypy_cache .ruff_cache
	find src tests benchmarks -name __pycache__ -prune -exec rm -rf {} +

# The address is printed where no browser can be opened; a server of root's must be told so.
LAB_FLAGS = $(if $(filter 0,$(shell id -u)),--allow-root)
LAB_FLAGS += $(if $(filter Linux,$(shell uname)),$(if $(DISPLAY)$(WAYLAND_DISPLAY),,--no-browser))

$(ENV): requirements-dev.lock pyproject.toml package.json hatch_build.py | $(NODE)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
		"Python 3.11 or newer is needed, this is " + sys.version + "; try make PYTHON=python3.11")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo '{}' > .venv/package.json # ours makes ES modules of .js files; JupyterLab's are not
	$(BIN)/python -m pip install --quiet -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(NODE): package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

$(LIBRARIES_ENV): pyproject.toml | $(ENV)
	rm -rf .overlays/libraries
	$(BIN)/uv venv --quiet --python $(BIN)/python .overlays/libraries
	$(BIN)/uv pip install --quiet --python $(LIBRARIES_BIN)/python --group benchmark-libraries \
		hatchling editables setuptools
	$(BIN)/uv pip install --quiet --python $(LIBRARIES_BIN)/python --no-build-isolation --editable .
	@touch $@

# NAME-VERSION of a package alone; what else it needs comes from .venv.
.overlays/%: | $(ENV)
	rm -rf $@ $@.part
	$(BIN)/python -m pip install --quiet --no-deps --target $@.part \
		$(shell echo $* | sed 's/-\([0-9.]*\)$$/==\1/') $(NEEDS_$*)
	mv $@.part $@

# The tests in the sdist of the client that is installed, and what they need besides.
$(IBMS_TESTS): requirements-dev.lock | $(ENV)
	rm -rf $@ $@.part
	mkdir -p $@.part
	$(BIN)/python -m pip download --quiet --no-deps --no-binary qiskit-ibm-runtime --dest $@.part \
		$$($(BIN)/python -m pip freeze | grep '^qiskit-ibm-runtime==')
	cd $@.part && tar xzf *.tar.gz --strip-components=1 && rm -rf *.tar.gz qiskit_ibm_runtime
	$(BIN)/python -m pip install --quiet --no-deps --target $@.part responses
	mv $@.part $@

# NAME@VERSION of a package of npm alone: what pages load from the network, for the tests to answer.
.overlays/npm/%:
	rm -rf $@ $@.part
	mkdir -p $@.part
	cd $@.part && tar xzf "$$(npm pack --silent $*)" --strip-components=1
	mv $@.part $@

# These still import the predecessor of nest-asyncio2.
NEEDS_ipykernel-6.31.0 := nest-asyncio
NEEDS_ipykernel-7.1.0 := nest-asyncio
NEEDS_ipykernel-7.2.0 := nest-asyncio
