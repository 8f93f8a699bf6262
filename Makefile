# make demo    sets everything up and runs the main job on data that needs no download
# make test    sets everything up and runs every test
# Others: setup build bench bench-accuracy lint format docs clean test-all

.DEFAULT_GOAL := build
.PHONY: setup build demo test test-all bench bench-accuracy lint format docs clean
.NOTPARALLEL:

PYTHON ?= python3
JOBS ?= $(shell nproc)
export GLOW_DATA_DIR ?= $(firstword $(wildcard $(abspath ../shared/data)) )
ifeq ($(strip $(GLOW_DATA_DIR)),)
unexport GLOW_DATA_DIR
endif

# Each step leaves a stamp, so that a second call does none of it again.
STAMPS := build/.stamps

setup: $(STAMPS)/system $(STAMPS)/python

$(STAMPS)/system: tools/install-system.sh
	@bash tools/install-system.sh
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/python: requirements.txt tools/install-python.sh | $(STAMPS)/system
	@PYTHON=$(PYTHON) bash tools/install-python.sh
	@mkdir -p $(STAMPS) && touch $@

VENV_PYTHON = $(abspath .venv/bin/python)

build/build.ninja: $(STAMPS)/python
	cmake --preset release -DPython_EXECUTABLE=$(VENV_PYTHON)

build: setup build/build.ninja
	@cmake --build build -j $(JOBS)
	@$(MAKE) --no-print-directory $(STAMPS)/package

# The wheel of what is built: pip configures the same tree, finds nothing to compile, and installs.
$(STAMPS)/package: pyproject.toml $(wildcard build/python/_core*.so) build/bin/glow \
		tools/make_stubs.py python/CMakeLists.txt $(wildcard build/libglow*.a cmake/*) \
		$(shell find python/glow python/glow_command glow -name '*.py' -o -name 'py.typed' -o -name '*.h')
	@echo "installing the Python package into .venv"
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation \
		--no-deps --force-reinstall -C build-dir=build \
		-C cmake.define.GLOW_BUILD_TESTS=ON -C cmake.define.GLOW_BUILD_EXAMPLES=ON .
	@touch $@

demo: build
	build/bin/glow demo

test: build
	ctest --test-dir build --output-on-failure -j $(JOBS) -LE slow
	.venv/bin/python -m pytest -q -m "not slow"

test-all: build
	ctest --test-dir build --output-on-failure -j $(JOBS)
	.venv/bin/python -m pytest -q

# PyGlow's package has the name of ours: a folder of its own, and only the benchmark sees it.
$(STAMPS)/pyglow: benchmarks/requirements.txt $(STAMPS)/python
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --upgrade \
		--target build/pyglow PyGlow==0.1.7
	@touch $@

bench: setup $(STAMPS)/pyglow
	cmake --preset bench -DPython_EXECUTABLE=$(VENV_PYTHON)
	@cmake --build build -j $(JOBS)
	@$(MAKE) --no-print-directory $(STAMPS)/package
	.venv/bin/python benchmarks/run.py

bench-accuracy: build
	.venv/bin/python benchmarks/accuracy.py

SOURCES = $(shell git ls-files '*.h' '*.cpp')

lint: setup
	@clang-format --dry-run -Werror $(SOURCES)
	@.venv/bin/python -m ruff check --quiet .
	@.venv/bin/python -m ruff format --check --quiet .
	@.venv/bin/python tools/check_includes.py
	@echo "lint: $(words $(SOURCES)) C++ files and all Python files are clean"

format: setup
	clang-format -i $(SOURCES)
	.venv/bin/python -m ruff format .

# The pages are Markdown; their figure is the demo's.
docs: build
	build/bin/glow demo --out build/docs --force
	cp build/docs/figures/plane-binned-edges-30-all.png docs/figures/demo.png

clean:
	rm -rf build
