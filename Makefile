# make run           trains the notebook's nine networks on MNIST and prints the tables
# make test          everything that must hold: style, types, layers, tests
# make lint          of that, what needs no test: style, types, layers, the pages' scripts
# make install       the environment with the package as it is now
# make docs          writes docs/commands.md
# make notebook      runs examples/nine_networks.ipynb whole
# make sanitize      the kernels under sanitizers
# make differential  drawn networks against the oracle and themselves (SECONDS=180)
# make fuzz          every reader, fuzzed for a while (SECONDS_EACH=15)
# make kill          a real study, killed again and again (KILLS=200)
# make faults        every fault at every call that changes a file, in a store and in a whole study
# make mutate        every column of a study's database, changed in every way, under every command (PART=4: a fourth)
# make names         every hostile name by itself, in a stranger's folder and in a table, through every command
# make exports       tables of hostile names through a real LaTeX and a real spreadsheet, where they are installed
# make bench         the whole study beside Keras, PyTorch, JAX and scikit-learn (three quarters of an hour, goes on where
#                    it stopped; BENCH=--quick: four minutes)
# make lock          renews the locked versions
# make clean         removes all that these made

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# Its version is chosen here; make lock renews the others, and those of bench/requirements.txt are its claims'.
TORCH := torch==2.13.0
# Scripts of the tests, each a module.
TESTS := PYTHONPATH="$(CURDIR)/tests" $(BIN)/python -m
CPP := $(shell find kernels tests -name '*.cpp' -o -name '*.h')
SOURCES := pyproject.toml constraints.txt CMakeLists.txt README.md $(shell find kernels src -type f -not -name '*.so' -not -name '*.pyc')

.DELETE_ON_ERROR:
.PHONY: run test lint install docs notebook sanitize differential fuzz kill faults mutate names exports bench lock clean

run: $(VENV)/.installed
	$(BIN)/mlpstudy run notebook

$(VENV)/.build-tools: constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer must run this, got " + sys.version.split()[0] + ", fix: make PYTHON=python3.11 ...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --upgrade 'pip>=25.1'
	$(PIP) install -c constraints.txt scikit-build-core nanobind cmake ninja
	touch $@

$(VENV)/.installed: $(VENV)/.build-tools $(SOURCES)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(PIP) install -c constraints.txt --no-build-isolation $(STRICT) .
	$(if $(STRICT),touch,rm -f) $(VENV)/.strict
	touch $@

install: $(VENV)/.installed

# What was installed with a warning is built again where it is held to have none.
$(VENV)/.strict: $(VENV)/.installed
	test -f $@ || PATH="$(CURDIR)/$(BIN):$$PATH" $(PIP) install -c constraints.txt --no-build-isolation $(STRICT) .
	touch $@

$(VENV)/.test-tools: $(VENV)/.installed constraints.txt
	$(PIP) install $(TORCH)
	$(PIP) install -c constraints.txt --group test
	touch $@

# Browser tests drive Debian's Chromium; where it is missing and may be installed, it is.
$(VENV)/.chromium:
	test -x /usr/bin/chromium || { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; } || { echo 'make test must find /usr/bin/chromium, fix: apt install chromium' >&2; exit 1; }
	mkdir -p $(VENV) && touch $@

# What is tested is built without a warning.
test lint sanitize: STRICT := -C cmake.define.CMAKE_COMPILE_WARNING_AS_ERROR=ON

# Node.js is of the test tools; what looks at the pages' scripts and styles comes from npm.
$(VENV)/.page-tools: $(VENV)/.test-tools package.json package-lock.json
	$(BIN)/npm ci --silent --no-audit --no-fund
	touch $@

# Biome leaves comments, texts and style sheets as wide as they are: grep looks at these.
lint: $(VENV)/.page-tools $(VENV)/.strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/clang-format --dry-run -Werror $(CPP)
	$(BIN)/node node_modules/@biomejs/biome/bin/biome ci
	! LC_ALL=C.UTF-8 grep -rnE '.{121}' --include='*.js' --include='*.css' src tests/javascript
	$(BIN)/node --test 'tests/javascript/*.test.js'
	$(BIN)/lint-imports
	$(BIN)/mypy

# A module's tests stay together: they share what is made once for them.
test: lint $(VENV)/.chromium
	$(BIN)/pytest --numprocesses auto --maxprocesses 8 --dist loadfile --pyargs tests mlpstudy

$(VENV)/.fuzz-tools: $(VENV)/.test-tools
	$(PIP) install -c constraints.txt --group fuzz
	touch $@

SECONDS_EACH ?= 15
fuzz: $(VENV)/.fuzz-tools
	$(TESTS) fuzz.run --seconds $(SECONDS_EACH)

SECONDS ?= 180
differential: $(VENV)/.test-tools
	$(TESTS) differential.run --seed 1000 --seconds $(SECONDS)

KILLS ?= 200
kill: $(VENV)/.test-tools
	$(TESTS) reliability.kill_loop --kills $(KILLS)

faults: $(VENV)/.test-tools
	MLPSTUDY_TEST_FAULTS=all $(BIN)/pytest --numprocesses auto --maxprocesses 8 --dist load tests/store/test_crashes.py tests/reliability/test_faulty_study.py

PART ?= 1
mutate: $(VENV)/.test-tools
	$(TESTS) reliability.mutations --part $(PART)

names: $(VENV)/.test-tools
	$(TESTS) names.every

exports: $(VENV)/.test-tools
	$(TESTS) names.programs

notebook: $(VENV)/.test-tools
	$(BIN)/python tools/notebook.py

# The kernels without Python, under AddressSanitizer with UBSan and under ThreadSanitizer; BUILDS=aarch64 for ARM64
# under qemu-user (Debian packages g++-aarch64-linux-gnu and qemu-user).
BUILDS ?= asan tsan
sanitize: $(VENV)/.test-tools
	PATH="$(CURDIR)/$(BIN):$$PATH" $(TESTS) kernels.check_builds $(BUILDS)

# An environment of its own with the rivals. BENCH=--quick takes under four minutes.
$(VENV)-bench/.installed: bench/requirements.txt $(VENV)/.build-tools $(SOURCES)
	$(PYTHON) -m venv $(VENV)-bench
	$(VENV)-bench/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(VENV)-bench/bin/python -m pip install --quiet $(shell grep ^torch== bench/requirements.txt)
	$(VENV)-bench/bin/python -m pip install --quiet -c constraints.txt .
	$(VENV)-bench/bin/python -m pip install --quiet -r bench/requirements.txt
	touch $@

bench: $(VENV)-bench/.installed
	$(VENV)-bench/bin/python -m bench.study $(BENCH)

clean:
	rm -rf $(VENV) $(VENV)-bench build node_modules

# The build tools, the package's dependencies and the test group, as one resolved set of versions; then npm's.
lock:
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --upgrade pip
	build/lock/bin/python -m pip install --quiet $(TORCH)
	build/lock/bin/python -m pip install --quiet scikit-build-core nanobind cmake ninja
	build/lock/bin/python -c 'import tomllib; print("\n".join(tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"]))' > build/lock/needs.txt
	build/lock/bin/python -m pip install --quiet -r build/lock/needs.txt --group test --group fuzz
	build/lock/bin/python -m pip freeze | grep -v '^torch' > constraints.txt
	echo '$(TORCH)' >> constraints.txt
	build/lock/bin/npm install --silent --package-lock-only --save-dev --save-exact @biomejs/biome@latest

docs: $(VENV)/.test-tools
	$(BIN)/python tools/command_reference.py
