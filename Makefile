# What one does with Saboq, by name. `make` alone lists it.
# Settings come from the environment or .env (docs/settings.md); PORT=8001 and ARGS="-k name" may follow a target.
.DEFAULT_GOAL := help
.PHONY: help run dev worker fresh test check fix messages lock outdated bench drill sweep-pages environment environment-dev
PY := .venv/bin/python
export PORT ARGS
export BEGAN := $(shell date +%s)

help:
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 22

run: environment ## set up what is missing and serve the demonstration, as production would
	@$(PY) -m scripts.run

dev: environment ## the same with DEBUG and a server that reloads
	@$(PY) -m scripts.run --dev

worker: environment ## a Celery worker with the beat, where CELERY_BROKER_URL names a broker
	@$(PY) -m scripts.worker

fresh: environment ## throw the demonstration's data away (var/)
	@$(PY) -m scripts.fresh

test: environment-dev ## the tests, as far as this machine carries them; ARGS="-k name" for some
	@$(PY) -m scripts.suite

check: environment-dev ## lint, floors, migrations, production settings, catalogues, curriculum
	@$(PY) -m scripts.check

fix: environment-dev ## mend what can be mended by program
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format --quiet .
	@.venv/bin/djhtml --tabwidth 2 templates 2>/dev/null ; $(PY) -m cms.curriculum fix curriculum

messages: environment-dev ## collect our texts into locale/, merge translations, compile
	@$(PY) -m scripts.messages collect

lock: environment-dev ## requirements*.txt anew from requirements*.in
	@$(PY) -m scripts.lock $(ARGS)

outdated: environment-dev ## which dependencies are behind, and which have a known weakness
	@$(PY) -m scripts.outdated

bench: environment-dev ## measure, on this machine
	@$(PY) -m scripts.bench

drill: environment-dev ## faults one after another under load, then a count (docs/drill.md); ARGS=--small for a short one
	@$(PY) -m scripts.drill

sweep-pages: environment-dev ## every page type in 2 widths, light and dark, 3 languages
	@$(PY) -m pytest -m full_cross tests/browser

environment:
	@sh scripts/setup.sh run

environment-dev:
	@sh scripts/setup.sh dev
