# Two commands on a fresh machine: `make run` and `make test`.
.DEFAULT_GOAL := help
VENV := .venv
PYTHON := $(VENV)/bin/python

.PHONY: help run build test bench clean

help:
	@echo "make run    install what is missing, build, start the bridge"
	@echo "make test   the whole quality gate"
	@echo "make build  all that 'make run' does before it starts the bridge"
	@echo "make bench  the benchmarks, in 25 minutes; writes docs/bench.md"

run: build
	@exec $(VENV)/bin/cms-media serve --config config/cms_media.toml

build:
	@scripts/build.sh

test:
	@scripts/build.sh --test
	@scripts/gate.sh

bench: build
	@$(PYTHON) -m benchmarks

clean:
	rm -rf $(VENV) .build
