# Everything a fresh clone needs is Python 3.11, Node 20 and the two package registries; uv is used when it is there.
# Nothing outside the clone is written: caches, brownie's home and the virtual environment lie in it. uv trusts the system's
# certificates, as pip does.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
# Python's and Node's packages are fetched at the same time; within a recipe, order is kept
MAKEFLAGS += --jobs=2

PYTHON ?= $(shell command -v python3.11 || echo python3)
UV := $(shell command -v uv 2>/dev/null)
VENV := .venv/bin/python
PYTHON_READY := .venv/.ready
NODE_READY := node_modules/.ready
JOBS ?= 2
BIN := node_modules/.bin
PAGE := 'offchain/web/{src,tests,plugins}/**/*.{ts,css}' 'offchain/web/*.{mts,html}'
SOLIDITY := 'contracts/**/*.sol' 'interfaces/**/*.sol' 'tests/forge/**/*.sol' 'tests/proofs/**/*.sol'

export JOBS
export BROWNIE_NOCOMPILE := 1
export PYTHONPATH := $(CURDIR)
export XDG_CACHE_HOME := $(CURDIR)/.cache/xdg
export UV_SYSTEM_CERTS ?= 1
export npm_config_cache := $(CURDIR)/.cache/npm
export HYPOTHESIS_STORAGE_DIRECTORY := $(CURDIR)/.cache/hypothesis
ifneq ($(wildcard ../shared/data),)
export COMMONLEARN_DATA ?= $(abspath ../shared/data)
endif

.PHONY: help setup artifacts test demo demo-private chain web web-build web-pictures bench simulations check docs format coverage attacks mutation proofs assurance fuzz stateful-long slither lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  \1|/p' $(MAKEFILE_LIST) | column -t -s '|'

setup: $(PYTHON_READY) $(NODE_READY) ## install everything into .venv and node_modules

artifacts: setup ## compile the contracts into the Python package
	@$(VENV) -m scripts.export_abi

test: setup ## the whole test suite, cheap stages first
	@toolchain/test

demo: artifacts ## the main job on a local chain, from deployment to free predictions (INCENTIVE=points: another incentive)
	@$(VENV) -m scripts.demo $(INCENTIVE)

demo-private: artifacts ## private training on a local chain, a process for each hospital, buyer, validator and cheat (FOLDER=demo: keep all files)
	@$(VENV) -m scripts.private_demo $(if $(FOLDER),--folder $(FOLDER))

chain: setup ## a local chain at http://127.0.0.1:8545 with ten funded, unlocked accounts (Ctrl-C ends it; PORT=8545; BLOCK_SECONDS=1: blocks come by themselves)
	HOME=$(CURDIR)/.home $(BIN)/anvil --max-persisted-states 5 --port $(or $(PORT),8545) $(if $(BLOCK_SECONDS),--block-time $(BLOCK_SECONDS))

web: web-build ## the page on a local chain with a model under each incentive (Ctrl-C ends it; PORT=8000)
	@$(VENV) -m scripts.web --port $(or $(PORT),8000)

web-build: setup ## the page as static files in offchain/web/dist, to be put on any server of files
	@$(BIN)/tsc -p offchain/web
	@$(BIN)/vite build --logLevel warn offchain/web
	@$(VENV) -m scripts.web --list offchain/web/dist

web-pictures: setup ## draw every view of the page into .cache/web-pictures: light, dark, as on a phone
	@PICTURES=$(CURDIR)/.cache/web-pictures $(BIN)/vitest run --config offchain/web/vitest.browser.config.mts

bench: artifacts ## measure gas, speed and accuracy; write reports/bench.json (GROUPS="training gas" for some only)
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(VENV) -m scripts.bench $(GROUPS) # one core, for figures that can be compared

simulations: setup ## play the published simulations and a sweep of stakes; renew docs/pictures
	@OMP_NUM_THREADS=1 $(VENV) -m scripts.simulation_pictures --speed

check: setup ## format, lint, types, exported artifacts
	$(VENV) -m ruff format --check .
	$(VENV) -m ruff check .
	$(VENV) -m mypy
	$(BIN)/prettier --check --no-error-on-unmatched-pattern $(SOLIDITY) $(PAGE)
	$(BIN)/tsc -p offchain/web
	$(BIN)/solhint --disc --max-warnings 0 'contracts/**/*.sol' 'interfaces/**/*.sol'
	$(VENV) -m scripts.export_abi --check

format: setup ## rewrite Python, Solidity and the page in the house's format
	$(VENV) -m ruff check --fix-only --quiet .
	$(VENV) -m ruff format .
	$(BIN)/prettier --write --no-error-on-unmatched-pattern --log-level warn $(SOLIDITY) $(PAGE)

coverage: setup ## statements and branches of the contracts that brownie's tests reach
	$(VENV) -m scripts.assurance.coverage

attacks: setup ## play attacks to their end and state each profit; write reports/attacks.json
	$(VENV) -m scripts.assurance.attacks

mutation: setup ## plant faults and run the tests that reach each, for MINUTES (60), in FILES (all); needs `make coverage`; results are kept
	$(VENV) -m scripts.assurance.mutation $(FILES) --minutes $(or $(MINUTES),60)

proofs: setup .cache/halmos/bin/halmos ## prove packed words equal to plain arithmetic
	$(VENV) -m scripts.assurance.proofs

assurance: setup ## all of the long checks, one after another, and docs/assurance.md anew (hours)
	$(MAKE) --jobs=1 attacks slither proofs coverage mutation fuzz stateful-long
	$(VENV) -m scripts.assurance

fuzz: setup ## long Solidity fuzz and invariant runs
	FOUNDRY_FUZZ_RUNS=20000 FOUNDRY_INVARIANT_RUNS=256 FOUNDRY_INVARIANT_DEPTH=200 toolchain/forge test

stateful-long: setup ## brownie's state machines, many and long, from another seed (SEED=n repeats one)
	STATEFUL_EXAMPLES=200 STATEFUL_STEPS=50 ./brownie test tests/onchain/stateful tests/onchain/training/test_stateful.py -n $(JOBS) \
	    --hypothesis-seed=$(or $(SEED),$(shell date +%s))

slither: setup .cache/tools/bin/slither ## static analysis of the contracts
	$(VENV) -m scripts.assurance.slither

docs: artifacts ## build the documentation into build/docs (LINKS=1: ask for every page outside too)
	@$(VENV) -m scripts.docs $(if $(LINKS),--links)

lock: setup $(if $(UV),,.cache/tools/bin/uv) ## renew requirements.txt and package-lock.json
	$(or $(UV),.cache/tools/bin/uv) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --emit-build-options --no-emit-index-url --custom-compile-command 'make lock' -o requirements.txt requirements.in
	npm install --package-lock-only

clean: ## remove all that the other targets made, environments included
	rm -rf .venv node_modules .cache .home .hypothesis .pytest_cache build offchain/*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PYTHON_READY): requirements.txt pyproject.toml
	@echo '== Python packages into .venv'
ifdef UV
	@[ -x $(VENV) ] || uv venv --quiet --python $(PYTHON) .venv
	@VIRTUAL_ENV=$(CURDIR)/.venv uv pip sync --quiet --compile-bytecode --require-hashes requirements.txt
else
	@[ -x $(VENV) ] || $(PYTHON) -m venv .venv
	@$(VENV) -m pip install --quiet --disable-pip-version-check --no-cache-dir --require-hashes -r requirements.txt
endif
	@$(VENV) -m pip install --quiet --disable-pip-version-check --no-deps --no-index --no-build-isolation --editable .
	@touch $@

$(NODE_READY): package-lock.json package.json
	@echo '== Node packages into node_modules'
	@npm ci --silent
	@touch $@

# Tools that would not fit into the locked environment
.cache/halmos/bin/halmos:
	@$(PYTHON) -m venv .cache/halmos
	@.cache/halmos/bin/python -m pip install --quiet --disable-pip-version-check halmos==0.3.3

.cache/tools/bin/%:
	@[ -x .cache/tools/bin/python ] || $(PYTHON) -m venv .cache/tools
	@.cache/tools/bin/python -m pip install --quiet --disable-pip-version-check $(patsubst slither,slither-analyzer==0.11.6,$*)
