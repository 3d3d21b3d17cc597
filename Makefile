# The one interface to this repository. Needs git, make, Python 3 and a network; fetches the rest into this folder.
# GNU make 3.81 and Bash 3.2, which macOS has, must do: that make knows no .SHELLFLAGS, so no recipe relies on pipefail.
# Variables of `make dev`: PORT=3000 STATE=.local PARAMS="Name=Value ..." DYNAMODB_ENDPOINT=url SEED=1 VERBOSE=1
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

OWN_UV := $(if $(shell command -v uv 2>/dev/null),,.uv/bin/uv)
UV := $(or $(OWN_UV),uv)
PYTHON := .venv/bin/python
# Variables of the caller's Python must not reach the environments of this folder; without .pyc files each process compiles all anew.
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE
export SAM_CLI_TELEMETRY := 0
export PORT STATE PARAMS DYNAMODB_ENDPOINT SEED VERBOSE THREADS REQUESTS ACCOUNTS

DYNALITE := $(if $(shell command -v npm),.dynalite/.synced)

# For commands that use the code of the functions.
WITH_LAYER := env PYTHONPATH=layers/common $(PYTHON)

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-15s %s\n", $$1, $$2}' Makefile

.PHONY: dev
dev: .venv/.local .venv-ministack/.synced ## run the API on this machine (PORT, STATE, SEED=1, VERBOSE=1, PARAMS, DYNAMODB_ENDPOINT)
	@exec $(WITH_LAYER) -m tools.local

.PHONY: test
test: .venv/.synced .venv-ministack/.synced .venv-audit/.synced .venv-shipped/.synced $(DYNALITE) ## run every test and check the coverage; ARGS="-k name" runs some, without the coverage; ALL_TESTS=1 allows no skips, as in CI
	@$(PYTHON) -m pytest $(or $(ARGS),--cov --numprocesses auto --dist loadfile --no-loadscope-reorder)

.PHONY: stand-ins
stand-ins: .venv/.synced .venv-ministack/.synced $(DYNALITE) ## test the store against MiniStack, moto and dynalite, and write docs/stand-ins.md
	@$(WITH_LAYER) -m tests.stand_ins.page
	@$(PYTHON) -m pytest tests/stand_ins tests/contract/test_stand_ins.py

.PHONY: model
model: .venv/.synced .venv-ministack/.synced ## compare the API with its model in random runs (RUNS=500), and check that planted faults are found
	@MODEL_RUNS='$(or $(RUNS),500)' $(PYTHON) -m pytest tests/model

.PHONY: openapi
openapi: .venv/.synced .venv-ministack/.synced ## write openapi.json from the code, with examples of real responses, the page of errors and the table of routes
	@$(WITH_LAYER) -m tools.openapi --endpoints tests.endpoints
	@$(PYTHON) -m tools.openapi.routes_table

.PHONY: fault-matrix
fault-matrix: .venv/.synced .venv-ministack/.synced ## run every request with every fault at each of its calls, and write docs/fault-matrix.md
	@$(WITH_LAYER) -m tools.fault_matrix --endpoints tests.endpoints

.PHONY: check
check: lint scan test ## run all checks that must pass before a change lands

.PHONY: lint
lint: .venv/.synced .venv-audit/.synced ## format check, lint, types, imports, template, workflows, changes to openapi.json that break clients
	@.venv/bin/ruff format --check --quiet . || { echo 'Run make format.'; exit 1; }
	@.venv/bin/ruff check --quiet .
	@.venv/bin/mypy
	@found=$$(PYTHONPATH=layers/common .venv/bin/lint-imports --no-cache --no-logo) || { echo "$$found"; exit 1; }
	@.venv/bin/cfn-lint template.yaml operations.yaml .github/aws/roles.yaml
	@.venv-audit/bin/actionlint
	@.venv-audit/bin/zizmor --offline --quiet --min-severity medium .github
	@$(PYTHON) -m tools.openapi.breaking_changes

.PHONY: scan
scan: .venv-scan/.synced ## check the templates against Checkov's security policies, except those that .checkov.yaml excludes
	@.venv-scan/bin/checkov

.PHONY: format
format: .venv/.synced ## format the code and fix what lint can fix
	@.venv/bin/ruff format --quiet .
	@.venv/bin/ruff check --fix --quiet .

.PHONY: build
build: .venv/.synced ## build the functions and layers into .aws-sam
	@PATH="$(CURDIR)/.venv/bin:$(CURDIR)/.uv/bin:$$PATH" .venv/bin/sam build $(ARGS)

.PHONY: sam-local
sam-local: .venv/.synced .venv-ministack/.synced ## run the built functions in Lambda's containers, with sam local start-api (PORT, PARAMS)
	@exec $(WITH_LAYER) -m tools.sam_local

.PHONY: rehearse
rehearse: .venv/.synced .venv-ministack/.rehearsal ## deploy, test, update, test and delete the stack on this machine, with IAM enforced
	@exec $(PYTHON) -m tools.rehearse

.PHONY: chaos
chaos: .venv/.synced .venv-ministack/.synced ## run clients over HTTP while workers are killed, and judge the results (THREADS=50, REQUESTS=2000, ACCOUNTS=5, SEED)
	@exec $(WITH_LAYER) -m tests.chaos

.PHONY: bench
bench: .venv-bench/.synced .venv-ministack/.synced $(DYNALITE) build ## measure every figure of docs/benchmarks.md again (PARTS="name name")
	@env PYTHONPATH=layers/common .venv-bench/bin/python -m tools.bench $(PARTS)

.PHONY: contract
contract: .venv/.synced .venv-ministack/.synced ## send requests generated from openapi.json, and judge each response and the table (REQUESTS=10000, SEED)
	@exec $(WITH_LAYER) -m tests.fuzz

.PHONY: bundle
bundle: build ## build, and pack the result for deployment elsewhere: bundle.tar.gz
	@COPYFILE_DISABLE=1 tar -czf bundle.tar.gz .aws-sam/build # on macOS, without its ._ files

.PHONY: unpack
unpack:
	@rm -rf .aws-sam && tar -xzf '$(BUNDLE)'

.PHONY: deploy
deploy: $(if $(BUNDLE),.venv/.synced unpack,build) ## deploy to AWS with a section of samconfig.toml: make deploy STAGE=prod (BUNDLE, STACK_ROLE)
	@test -n '$(STAGE)' || { echo 'Name the stage: make deploy STAGE=dev, staging or prod.'; exit 1; }
	@date -u "+Release: '%y%m%d%H%M'" > .aws-sam/release.yaml
	@.venv/bin/sam deploy --config-env '$(STAGE)' $(if $(CI),--no-confirm-changeset) $(if $(STACK_ROLE),--role-arn '$(STACK_ROLE)')

.PHONY: smoke
smoke: .venv/.synced ## test a deployed API, and leave nothing behind: make smoke STAGE=prod, or URL=https://...
	@$(PYTHON) -m tools.operate.smoke $(if $(URL),--url '$(URL)',--stack 'lambdo-$(STAGE)')

.PHONY: audit
audit: $(OWN_UV) ## look up known vulnerabilities of all locked packages (at api.osv.dev)
	@$(UV) audit --locked --preview-features audit

.PHONY: licences
licences: .venv-audit/.synced .venv-shipped/.synced ## check that all shipped packages have a licence that pyproject.toml allows
	@.venv-audit/bin/pip-licenses --python .venv-shipped/bin/python

.PHONY: sbom
sbom: .venv-audit/.synced .venv-shipped/.synced ## write the bill of materials of the shipped packages: sbom.cdx.json (CycloneDX)
	@.venv-audit/bin/cyclonedx-py environment .venv-shipped --pyproject pyproject.toml --output-reproducible --output-file sbom.cdx.json

.PHONY: release-notes
release-notes: .venv/.synced ## print a release's section of CHANGELOG.md: make release-notes TAG=v1.2.0
	@$(PYTHON) -m tools.release_notes '$(TAG)'

# Commands for operators: on the table TABLE of the AWS account or, without TABLE, on that of the running make dev.
# In an account awscrt may be needed, for the credentials of `aws login`: it comes with the whole of .venv.
TARGET_NEEDS := .venv/$(if $(TABLE),.synced,.local)
TARGET = $(if $(TABLE),--table '$(TABLE)') $(if $(DYNAMODB_ENDPOINT),--endpoint '$(DYNAMODB_ENDPOINT)')

.PHONY: fsck
fsck: $(TARGET_NEEDS) ## check every item of a table against the invariants (TABLE, DYNAMODB_ENDPOINT, RATE)
	@$(WITH_LAYER) -m tools.operate.fsck $(TARGET) $(if $(RATE),--rate '$(RATE)')

# A login shell also sets USER; only the command line counts.
.PHONY: export
export: $(TARGET_NEEDS) ## write everything that one user owns as one JSON document: USER=id or email (TABLE, DYNAMODB_ENDPOINT, OUT)
	@test '$(origin USER)' = 'command line' || { echo 'Name the user: make export USER=id or email.'; exit 1; }
	@$(WITH_LAYER) -m tools.operate.export $(TARGET) --user '$(USER)' $(if $(OUT),--out '$(OUT)')

.PHONY: restore
restore: .venv/.synced ## restore a table, at a point in time, as a second table, and check that: TABLE, TO, TIME=2026-11-21T09:30:00Z
	@$(WITH_LAYER) -m tools.operate.restore $(TARGET) --to '$(TO)' $(if $(TIME),--time '$(TIME)')

.PHONY: copy-back
copy-back: .venv/.synced ## copy accounts back from a restored table: TABLE, FROM, USERS="id id" or all, APPLY=1 to write
	@$(WITH_LAYER) -m tools.operate.copy_back $(TARGET) --source '$(FROM)' --users $(USERS) $(if $(APPLY),--apply)

.PHONY: table-settings
table-settings: .venv/.synced ## apply the template's settings to a table that was restored under its old name: TABLE, STAGE
	@$(WITH_LAYER) -m tools.operate.table_settings $(TARGET) --stage '$(STAGE)'

.PHONY: clean
clean: ## remove environments, builds and caches; keep the data in .local
	@rm -rf .venv .venv-ministack .venv-audit .venv-shipped .venv-scan .venv-bench .dynalite bundle.tar.gz sbom.cdx.json .uv .aws-sam .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
	@find functions layers tools tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# ---- What the targets need: uv, and environments that follow uv.lock -----------------------------------------------

LOCK := uv.lock pyproject.toml .python-version
PREPARE := UV='$(UV)' $(SHELL) tools/prepare.sh

# What SAM CLI's linter, builds and logs need, or nothing here, of 2 MB and more: reading a template never imports it.
LEFT_OUT := awscrt cfn-lint dateparser mpmath networkx pygments pytz regex setuptools sympy

# A part of .venv. It removes nothing, so that the whole of .venv stays what it is.
.venv/.local: $(LOCK) | $(OWN_UV)
	@echo 'Preparing .venv (Python 3.13, what make dev needs) ...'
	@$(PREPARE) .venv --inexact --no-default-groups --group local $(LEFT_OUT:%=--no-install-package %) && touch $@

.venv/.synced: $(LOCK) | $(OWN_UV)
	@echo 'Preparing .venv (Python 3.13, locked packages) ...'
	@$(PREPARE) .venv && touch .venv/.local $@

.venv-ministack/.synced: $(LOCK) | $(OWN_UV)
	@echo 'Preparing .venv-ministack (MiniStack, the local DynamoDB, SES and SSM) ...'
	@$(PREPARE) .venv-ministack --inexact --only-group ministack && touch $@

.venv-ministack/.rehearsal: $(LOCK) | $(OWN_UV)
	@echo 'Preparing .venv-ministack (MiniStack, and what expands templates) ...'
	@$(PREPARE) .venv-ministack --only-group rehearsal && touch .venv-ministack/.synced $@

.venv-audit/.synced: $(LOCK) | $(OWN_UV)
	@echo 'Preparing .venv-audit (linters of workflows, licences, bill of materials) ...'
	@$(PREPARE) .venv-audit --only-group audit && touch $@

.venv-bench/.synced: $(LOCK) | $(OWN_UV)
	@echo 'Preparing .venv-bench (development and measuring tools) ...'
	@$(PREPARE) .venv-bench --group bench && touch $@

.venv-scan/.synced: $(LOCK) | $(OWN_UV)
	@echo 'Preparing .venv-scan (Checkov, the policy scanner) ...'
	@$(PREPARE) .venv-scan --only-group scan && touch $@

.venv-shipped/.synced: $(LOCK) | $(OWN_UV)
	@echo 'Preparing .venv-shipped (only the packages of the layers) ...'
	@$(PREPARE) .venv-shipped --no-default-groups --group signing && touch $@

# Without Node.js 20, what runs on dynalite is skipped.
.dynalite/.synced: tools/stand_ins/package.json tools/stand_ins/package-lock.json
	@echo 'Preparing .dynalite (another stand-in for DynamoDB, for tests; in Node.js) ...'
	@mkdir -p .dynalite && cp $^ .dynalite
	@npm ci --prefix .dynalite --engine-strict --ignore-scripts --no-audit --no-fund --silent && touch $@ \
	  || echo 'dynalite could not be installed (Node.js 20 or newer is needed): its tests are skipped.'

.uv/bin/uv:
	@echo 'Fetching uv into .uv ...'
	@$(PREPARE) .uv
