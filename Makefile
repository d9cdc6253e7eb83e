# "make learn" opens the lessons, "make test" runs every check. Works with GNU make 3.81 and /bin/sh.

VENV := .venv
PY := $(VENV)/bin/python

# The packages that Binder's base image brings; pinning them there would install them twice.
BINDER_BASE := annotated-types asttokens comm executing ipython ipython-pygments-lexers ipywidgets jedi \
	jupyterlab-widgets matplotlib-inline packaging parso pexpect prompt-toolkit psutil ptyprocess pure-eval pygments \
	python-dateutil six stack-data traitlets typing-extensions typing-inspection tzdata wcwidth widgetsnbextension

# install one locked list, then the package itself, by uv where there is one, else by pip
define install
if command -v uv >/dev/null 2>&1; then \
	uv pip install --quiet --python $(PY) --require-hashes -r $(1) && \
	uv pip install --quiet --python $(PY) --no-deps -e .; \
else \
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1) && \
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps -e .; \
fi
endef

.PHONY: help learn test lint types house unit notebooks browser benchmarks lock clean
.NOTPARALLEL:

help:
	@echo "make learn       open the lessons in JupyterLab"
	@echo "make test        run every check below, in this order"
	@echo "  make lint      style (ruff)"
	@echo "  make types     types (mypy)"
	@echo "  make house     which room may import which (import-linter)"
	@echo "  make unit      unit tests (pytest)"
	@echo "  make notebooks every notebook from top to bottom (nbval)"
	@echo "  make browser   the lessons in a real browser (Playwright)"
	@echo "make benchmarks  speed and memory"
	@echo "make lock        bring the lists of locked packages up to date (needs uv)"
	@echo "make clean       remove the environment and the caches"

learn: $(VENV)/.learn
	$(VENV)/bin/pres-teach learn

test: lint types house unit notebooks browser
	@echo "All checks passed."

lint: $(VENV)/.test
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: $(VENV)/.test
	$(PY) -m mypy

house: $(VENV)/.test
	$(VENV)/bin/lint-imports

unit: $(VENV)/.test
	$(PY) -m pytest --ignore=tests/browser

# a record and an IPython profile of their own: no test sees those of the person who runs it
notebooks: $(VENV)/.test
	@own=$$(mktemp -d) && trap 'rm -rf "$$own"' EXIT && \
	PRES_TEACH_RECORD="$$own/record.sqlite" PRES_TEACH_STRICT=1 IPYTHONDIR="$$own/ipython" \
	$(PY) -m pytest --nbval-lax --nbval-current-env --nbval-cell-timeout=120 notebooks

browser: $(VENV)/.test
	@browser=$$($(PY) tests/browser/find_browser.py --install) && \
	PRES_TEACH_BROWSER="$$browser" $(PY) -m pytest tests/browser

benchmarks: $(VENV)/.test
	@$(PY) -c 'import roadrunner' >/dev/null 2>&1 || $(PY) -m pip install --quiet --disable-pip-version-check libroadrunner || \
		uv pip install --quiet --python $(PY) libroadrunner || echo 'libroadrunner cannot be had here: not compared'
	@for script in benchmarks/*.py; do echo "== $$script"; $(PY) "$$script" || exit 1; done

# The first Python of 3.11 or later; the names before python3 come first because they are what the tests know.
$(PY):
	@for python in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
		if command -v "$$python" >/dev/null 2>&1 && \
			"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
			found=$$(command -v "$$python"); break; \
		fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo 'pres_teach needs Python 3.11 or later, and none was found as python3.13, python3.12, python3.11 or python3.' >&2; \
		echo 'Install one (macOS: "brew install python@3.13" or python.org; Debian: "sudo apt-get install python3 python3-venv"),' >&2; \
		echo 'or name one: make PYTHON=/path/to/python3 ...' >&2; exit 1; \
	fi; \
	echo "Making $(VENV) with $$("$$found" --version) ($$found)"; \
	if command -v uv >/dev/null 2>&1; then UV_PYTHON_DOWNLOADS=never uv venv --quiet --python "$$found" $(VENV); exit; fi; \
	if ! "$$found" -c 'import ensurepip, venv' >/dev/null 2>&1; then \
		if command -v apt-get >/dev/null 2>&1 && [ "$$(id -u)" = 0 ]; then \
			echo '+ apt-get install python3-venv'; apt-get update -q && apt-get install -q -y python3-venv || exit 1; \
		else \
			echo "$$found comes without venv, which makes environments." >&2; \
			echo 'Install it (Debian, Ubuntu: "sudo apt-get install python3-venv") and try again.' >&2; exit 1; \
		fi; \
	fi; \
	"$$found" -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.learn: requirements.learn.txt pyproject.toml | $(PY)
	@echo "Installing what the lessons need into $(VENV)"
	@$(call install,requirements.learn.txt)
	@touch $@

$(VENV)/.test: requirements.lock.txt pyproject.toml | $(PY)
	@echo "Installing what the tests need into $(VENV)"
	@$(call install,requirements.lock.txt)
	@touch $@

# No address of a package index is written into these files; "--universal": one list for all systems and Pythons.
lock:
	uv pip compile --quiet pyproject.toml --extra lab --group test --universal --python-version 3.11 \
		--generate-hashes --no-header -o requirements.lock.txt $(LOCK)
	uv pip compile --quiet pyproject.toml --extra lab --constraint requirements.lock.txt --universal --python-version 3.11 \
		--generate-hashes --no-header -o requirements.learn.txt
	uv pip compile --quiet pyproject.toml --constraint requirements.lock.txt --python-version 3.13 \
		--python-platform x86_64-unknown-linux-gnu --no-header --no-annotate \
		$(addprefix --no-emit-package=,$(BINDER_BASE)) -o binder/requirements.txt

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
