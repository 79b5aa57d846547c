# Every command that people and machines use here; `make` alone lists them.
# The same without make: python3 bin/shortlist demo
PYTHON ?= python3
BIN = .venv/bin
# `check` looks at the settings as a public site would have them; nothing is started with these keys.
ONLY_FOR_CHECKING = READ_DOT_ENV=0 DATA_DIR=var/check \
	SECRET_KEY=only-for-checking-KJ2h4kjh2-3k4jh23-k4jh2k3j4h-2k3j4hk23j \
	LINK_KEYS=only-for-checking-8sdf7g9sd8f7g-9s8d7fg98-sd7f9g8s7df
AS_PUBLIC_SITE = $(ONLY_FOR_CHECKING) SITE_ADDRESS=https://hiring.example.com \
	DATABASE_URL=postgres://shortlist:secret@db.example.com/shortlist REDIS_URL=redis://redis.example.com/0 \
	EMAIL_URL=smtp+tls://user:secret@mail.example.com:587

.PHONY: help
help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

.PHONY: demo
demo:  ## a running site with sample data, under var/demo
	@$(PYTHON) bin/shortlist demo

.PHONY: run
run:  ## a running site with your own data, under var/data
	@$(PYTHON) bin/shortlist run

.PHONY: backup
backup:  ## one file that holds all of var/data (or DATA_DIR), while it runs
	@$(PYTHON) bin/shortlist backup

.PHONY: setup
setup:  ## install what the two above need into .venv
	@$(PYTHON) bin/shortlist setup

.PHONY: test
test:  ## every test, on PostgreSQL and on SQLite; installs what it needs
	@$(PYTHON) bin/shortlist test

.PHONY: stress
stress:  ## the long versions of races, fuzzers and faults
	@$(PYTHON) bin/shortlist test --stress

# What `make load` plays; left out, the defaults of `python -m tests.load play --help` hold.
LOAD = $(if $(DATABASE),--database $(DATABASE)) $(if $(SCENARIO),--scenario $(SCENARIO)) \
	$(if $(CANDIDATES),--candidates $(CANDIDATES)) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(THINK),--think $(THINK))

.PHONY: load
load: dev  ## play many candidates for minutes and look up every answer; see CONTRIBUTING.md
	@$(BIN)/python -m tests.load play $(LOAD)

.PHONY: bench
bench: dev  ## what a test costs, and pages of a large company, beside peers' figures
	@code=0; $(BIN)/python -m tests.load bench $(if $(DATABASE),--database $(DATABASE)) || code=1; \
		$(BIN)/python -m tests.load pages $(if $(DATABASE),--database $(DATABASE)) \
		$(if $(APPLICATIONS),--applications $(APPLICATIONS)) || code=1; \
		$(BIN)/python -m tests.load questions-list $(if $(DATABASE),--database $(DATABASE)) || code=1; \
		$(BIN)/python -m tests.load questions-files $(if $(DATABASE),--database $(DATABASE)) || code=1; exit $$code

.PHONY: check
check: dev  ## format, lint, types, import contracts, deployment, migrations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(ONLY_FOR_CHECKING) $(BIN)/mypy
	$(BIN)/lint-imports
	$(AS_PUBLIC_SITE) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(ONLY_FOR_CHECKING) $(BIN)/python manage.py makemigrations --check --dry-run

.PHONY: format
format: dev  ## put the code into the shape that `make check` asks for
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: pictures
pictures: dev  ## take the pictures of the handbook and the README anew
	@$(BIN)/python -m tests.pictures

.PHONY: dev
dev:
	@$(PYTHON) bin/shortlist setup-dev
