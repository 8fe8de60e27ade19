# Lifeguard's commands. Everything is installed into .venv; nothing is installed system-wide
# but Debian packages, and those only when you are root.
PYTHON ?= python3
PORT ?= 8000
SCALE ?= 1
BIN := .venv/bin
# In processes apart from the others': Playwright keeps an event loop running in its own.
BROWSER := tests/browser tests/browser_pools
# A file's tests share their servers. More processes than cores, because tests wait; files in their
# own order, because the longest are not those with the most tests.
SPREAD := --dist loadfile --no-loadscope-reorder

TEMPLATES = $(shell find templates -name "*.html")

.DEFAULT_GOAL := help
.PHONY: help demo run test engines lint format ddl bench screenshots lock clean

help:  ## this list
	@sed -nE 's/^([a-z]+):.*##/\1 ·/p' $(MAKEFILE_LIST)

demo: .venv/demo .env  ## the console with a lab of emulated Traveler hosts, on http://127.0.0.1:8000
	@LIFEGUARD_WORK_DIR=var/demo DATABASE_URL= exec $(BIN)/python manage.py up --lab --port $(PORT) --scale $(SCALE)

run: .venv/demo .env  ## the console alone, with an embedded Redis
	@exec $(BIN)/python manage.py up --port $(PORT)

test: .venv/dev  ## the whole suite, browser tests included
	$(BIN)/pytest -n 4 $(SPREAD) $(BROWSER:%=--ignore=%) $(ARGS)
	$(BIN)/pytest -n 2 $(SPREAD) $(BROWSER) $(ARGS)

engines: .venv/dev  ## what every database engine has to do, on servers of your own (docs/engines.md)
	$(BIN)/pytest -rs tests/pools/databases/test_every_engine.py \
	  $(wildcard tests/migrations_ui/transfer/conformance) $(ARGS)

lint: .venv/dev  ## ruff, mypy strict, layers, migrations, deployment checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djade --check --target-version 5.2 $(TEMPLATES)
	$(BIN)/mypy .
	$(BIN)/lint-imports
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py makemigrations --check --dry-run
	LIFEGUARD_ENV_FILE=/dev/null SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))') \
	  $(BIN)/python manage.py check --deploy --fail-level WARNING

format: .venv/dev  ## let ruff put the code in form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djade --target-version 5.2 $(TEMPLATES)

ddl: .venv/dev  ## write the DDL files for the DBA again, from the pool store's migrations
	$(BIN)/python -m tools.store_ddl

bench: .venv/dev  ## the measured figures of docs/performance.md
	$(BIN)/python -m benchmarks.transfer
	$(BIN)/python -m benchmarks.readers
	$(BIN)/python -m benchmarks.memory
	$(BIN)/python -m benchmarks.many_tables
	$(BIN)/python -m benchmarks.kills
	$(BIN)/python -m benchmarks.faults
	$(BIN)/python -m benchmarks.mysql
	$(BIN)/python -m benchmarks.eta
	$(BIN)/python -m benchmarks.health_sweep
	@mkdir -p var && rm -f var/lookup.sqlite3
	SECRET_KEY=bench LIFEGUARD_ENV_FILE=/dev/null DATABASE_URL=sqlite:///var/lookup.sqlite3 \
	  $(BIN)/python -m benchmarks.lookup
	SECRET_KEY=bench LIFEGUARD_ENV_FILE=/dev/null DATABASE_URL=sqlite:///var/lookup.sqlite3 \
	  $(BIN)/python -m benchmarks.pages

screenshots: .venv/dev  ## every page, light and dark, 390 and 1280 px, into screenshots/
	$(BIN)/python -m tools.screenshots

lock: .venv/uv  ## compile the locked requirements again from pyproject.toml
	for extra in "" "--extra mysql" "--extra demo" "--extra demo --extra dev"; do \
	  name=$$(echo $$extra | sed -E 's/.*--extra //'); \
	  $(BIN)/uv pip compile pyproject.toml $$extra --generate-hashes --no-annotate --no-header \
	    --python-version 3.11 --quiet --output-file requirements/$${name:-production}.txt; \
	done

.env:
	@umask 077; printf 'SECRET_KEY=%s\n# Reached on the loopback address only, so without TLS.\nHTTPS=false\n' \
	  "$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(60))')" > .env

.venv/uv: requirements/bootstrap.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Lifeguard needs Python 3.11 or newer; name it: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@touch $@

.venv/demo: .venv/uv requirements/demo.txt
	@sh tools/debian-packages openjdk-17-jdk-headless libderby-java
	$(BIN)/uv pip install --quiet --require-hashes -r requirements/demo.txt
	@touch $@

.venv/dev: .venv/uv requirements/dev.txt
	@sh tools/debian-packages openjdk-17-jdk-headless libderby-java chromium \
	  mariadb-server-core mariadb-client-core postgresql default-libmysqlclient-dev pkg-config gcc python3-dev \
	  libodbc2
	$(BIN)/uv pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

clean:  ## forget the demo's data and everything installed into this folder
	rm -rf .venv var/demo static_collected screenshots
