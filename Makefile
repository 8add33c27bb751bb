# make bench   install what is missing, build, run every benchmark, print the table
# make test    everything that CI checks
# make test-train  its part that needs TensorFlow, which it installs
# make wheel   what is published: dist/
# make docs    the documentation's site: build/docs/
# make robust  bad inputs of every kind, at length: tried and handled
# make kernels  what our kernels take by the shape of a layer
# make speed   how fast the engine is, beside Unicorn and QEMU
# make differential  the engine's quick ways against its plain ones, at length
# make differential-arm64  the same, and the C++ tests, of the engine on arm64, by QEMU

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The header that the C++ tests are written with, and its package.
DOCTEST_H := /usr/include/doctest/doctest.h
DOCTEST := doctest-dev
PACKAGES := gcc-arm-none-eabi libnewlib-arm-none-eabi libstdc++-arm-none-eabi-newlib \
            cmake ninja-build g++ clang-format python3-venv chromium fonts-dejavu-core \
            gdb-multiarch $(DOCTEST)
# Debian 12's plain cargo is too old for the sparse index; cargo-web is not.
TOOLS := arm-none-eabi-g++ cmake ninja g++ clang-format cargo
# Percent of the package's lines that the tests run at least.
COVERED := 92
CORE := $(shell find sim/core -name '*.[ch]pp' -o -name CMakeLists.txt)
CPP := $(shell find sim/core firmware -name '*.[ch]pp')

.PHONY: bench test wheel docs test-train robust speed differential differential-arm64 kernels tools lint core-test kernel-test clean

bench: build/.engine
	@$(BIN)/tinysim run

test: build/.test lint core-test kernel-test
	for variant in dsp reference; do for energy in "" --energy; do \
	  $(BIN)/tinysim build --variant $$variant $$energy --to build/firmware || exit 1; done; done
	$(BIN)/tinysim run --baseline tests/baseline.json
	@$(MAKE) --no-print-directory wheel
	@$(MAKE) --no-print-directory docs
	$(BIN)/robot --outputdir build/robot --xunit xunit.xml --console dotted robot
	$(BIN)/python -m pytest -q -n 2 --ignore tests/training --cov --cov-report=
	@$(MAKE) --no-print-directory test-train
	$(BIN)/coverage report --format total --fail-under $(COVERED)

# The images that a wheel brings, a wheel with them, and the source distribution.
wheel: build/.test
	$(BIN)/python -m tinysim.firmware.prebuild tinysim/prebuilt
	rm -rf dist
	$(BIN)/python -m build --no-isolation --sdist --wheel --outdir dist . >/dev/null

docs: build/.docs
	@echo "Building the documentation into build/docs"
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

test-train: build/.train
	$(BIN)/python -m pytest -q -n 2 tests/training --cov --cov-append --cov-report=

robust: build/.test core-test
	build/core-test/tests/core_fuzz 10000
	TINYSIM_TALLY=1 TINYSIM_MUTATIONS=1000 $(BIN)/python -m pytest -q tests/robustness

speed: build/.test
	@$(BIN)/python -m tests.speed

INSTRUCTIONS ?= 100000000
differential: build/.engine
	cmake -S sim/core -B build/differential -G Ninja -DTINYSIM_CORE_TESTS=ON >/dev/null
	cmake --build build/differential --target core_differential
	build/differential/tests/core_differential $(INSTRUCTIONS)

ARM64_TOOLS := aarch64-linux-gnu-g++ qemu-aarch64-static
differential-arm64: tools $(DOCTEST_H)
	@for tool in $(ARM64_TOOLS); do command -v $$tool >/dev/null || { \
	  echo "missing: $$tool; install with: apt-get install g++-aarch64-linux-gnu qemu-user-static" >&2; \
	  exit 1; }; done
	cmake -S sim/core -B build/arm64 -G Ninja -DTINYSIM_CORE_TESTS=ON \
	  -DCMAKE_TOOLCHAIN_FILE=$(CURDIR)/sim/core/arm64.cmake >/dev/null
	cmake --build build/arm64
	ctest --test-dir build/arm64 --output-on-failure
	qemu-aarch64-static build/arm64/tests/core_differential $(INSTRUCTIONS)

kernels: build/.test
	@$(BIN)/python -m tests.kernels

tools:
	@missing=""; for tool in $(TOOLS); do command -v $$tool >/dev/null || missing="$$missing $$tool"; done; \
	packages="$(PACKAGES)"; command -v cargo >/dev/null || packages="$$packages cargo-web"; \
	$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || missing="$$missing venv"; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ]; then echo "Installing Debian packages:$$missing and what goes with them"; apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$packages; \
	  else echo "missing:$$missing; install with: apt-get install $$packages" >&2; exit 1; fi; fi

$(DOCTEST_H):
	@if [ "$$(id -u)" = 0 ]; then echo "Installing $(DOCTEST)"; apt-get update -qq && apt-get install -y -qq --no-install-recommends $(DOCTEST); \
	else echo "missing: $(DOCTEST); install with: apt-get install $(DOCTEST)" >&2; exit 1; fi

# pip is what comes last into an environment: one that was broken off is made whole.
$(BIN)/pip:
	@$(MAKE) --no-print-directory tools
	@echo "Making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -q --upgrade pip

# Without isolation, so that a wheel finds the engine's objects again (build/core).
build/.engine: $(BIN)/pip pyproject.toml $(CORE)
	@$(MAKE) --no-print-directory tools
	@echo "Installing the engine's build tools"
	@$(BIN)/pip install -q $$($(BIN)/python -c \
	  "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['build-system']['requires'])")
	@echo "Compiling the engine and installing tinysim: some minutes the first time"
	@$(BIN)/pip install -q --no-build-isolation -e .
	@mkdir -p build && touch $@

build/.test: build/.engine pyproject.toml
	@echo "Installing what the tests need"
	@$(BIN)/pip install -q --no-build-isolation -e '.[test]'
	@touch $@

build/.docs: build/.test pyproject.toml
	@echo "Installing what the documentation needs"
	@$(BIN)/pip install -q --no-build-isolation -e '.[docs]'
	@touch $@

build/.train: build/.test pyproject.toml
	@echo "Installing TensorFlow and what else training needs: 2 GB"
	@$(BIN)/pip install -q $$($(BIN)/python -m tests.training.extra)
	@touch $@

lint: build/.test
	$(BIN)/ruff check tinysim tests examples docs
	$(BIN)/ruff format --check tinysim tests examples docs
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest tinysim._core --allowlist tests/stubtest.txt
	@clang-format --dry-run -Werror $(CPP)

core-test: build/.engine $(DOCTEST_H)
	cmake -S sim/core -B build/core-test -G Ninja -DTINYSIM_CORE_TESTS=ON -DTINYSIM_SANITIZE=ON >/dev/null
	cmake --build build/core-test
	ctest --test-dir build/core-test --output-on-failure

kernel-test: build/.engine $(DOCTEST_H)
	cmake -S firmware -B build/kernel-test -G Ninja -DTINYSIM_HOST_TESTS=ON >/dev/null
	cmake --build build/kernel-test
	ctest --test-dir build/kernel-test --output-on-failure

clean:
	rm -rf build
