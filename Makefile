# The front door. Only `deps` (and what calls scripts/deps.sh) installs packages; everything else calls CMake.
#
#   make deps     install what is needed for the targets below (Debian)
#   make demo     build the tool and show a whole IMAP session against the embedded server
#   make test     build everything and run all tests, real IMAP servers included
#   make check    format, layering, headers, a quick look at the speed, clang 19 build with tests under ASan and UBSan,
#                 clang-tidy, the tests that use threads under TSan, each fuzzer for 20 s
#   make bench | bench-peers | fuzz | coverage | soak | docs | install | clean
#
# JOBS=n sets the parallelism, PREFIX=dir the place of `make install`, FUZZ_SECONDS=n the time for each fuzzer.
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 60
SOAK_ROUNDS ?= 20
MUTANTS ?= 200
BENCH_ROUNDS ?= 5
export JOBS
# One more than the processors of a small machine: Courier's entries sleep most of their time.
export CTEST_PARALLEL_LEVEL ?= 3
ifneq ($(shell command -v ccache 2>/dev/null),)
export CMAKE_CXX_COMPILER_LAUNCHER ?= ccache
endif

.PHONY: deps demo test check bench bench-small bench-peers fuzz coverage soak docs install clean \
        build check-format check-layers check-headers check-tidy check-asan check-bench check-fuzz check-tsan

# configure,PRESET: only when there is no build directory yet; afterwards Ninja notices changes itself.
configure = test -f build/$(1)/build.ninja -a ! CMakePresets.json -nt build/$(1)/build.ninja || cmake --preset $(1) >build/configure-$(1).log 2>&1 || { cat build/configure-$(1).log; exit 1; }
build = mkdir -p build; $(call configure,$(1)); cmake --build --preset $(1) -j $(JOBS) $(if $(2),--target $(2))

deps:
	@scripts/deps.sh build test servers check

demo:
	@scripts/deps.sh build test
	@$(call build,dev,imapxx_cli)
	@build/dev/tools/imapxx demo

build:
	@scripts/deps.sh build test
	@$(call build,dev)

test:
	@scripts/deps.sh build test servers
	@$(call build,dev)
	@ctest --preset dev

check:
	@scripts/deps.sh build test check
	@$(MAKE) --no-print-directory check-format
	@$(MAKE) --no-print-directory check-layers
	@$(MAKE) --no-print-directory check-headers
	@$(MAKE) --no-print-directory check-bench
	@$(MAKE) --no-print-directory check-asan
	@$(MAKE) --no-print-directory check-tidy
	@$(MAKE) --no-print-directory check-tsan
	@$(MAKE) --no-print-directory check-fuzz
	@echo "make check: all passed"

check-format:
	@scripts/check_format.sh

check-layers:
	@python3 -B scripts/check_layers.py

# Every public header alone.
check-headers:
	@$(call build,dev,imapxx_header_tests)

check-asan:
	@$(call build,asan)
	@ctest --preset asan

# The same inputs in every run, however fast the machine is, so that what fails here was changed here; `make fuzz` looks for more.
check-fuzz:
	@$(call build,asan,imapxx_fuzzers)
	@FUZZ_SEED=1 FUZZ_RUNS=300000 scripts/run_fuzz.sh build/asan/fuzz 20

check-tsan:
	@$(call build,tsan,imapxx_thread_tests)
	@ctest --preset tsan

check-tidy:
	@mkdir -p build; $(call configure,asan)
	@scripts/run_tidy.sh build/asan

dovecot = tests/interop/servers/dovecot.sh
dovecot_run = tests/interop/with_server.sh run dovecot
bench_dovecot = build/bench/servers/dovecot

bench:
	@scripts/deps.sh build bench servers
	@$(call build,bench)
	@for program in build/bench/bench/bench_*; do test ! -x $$program -o -d $$program || $$program; done
	@build/bench/bench/end_to_end --rounds $(BENCH_ROUNDS) --write docs/performance.md
	@build/bench/bench/download --rounds $(BENCH_ROUNDS)
	@$(dovecot) start $(bench_dovecot); code=$$?; test $$code != 77 || exit 0; test $$code = 0 || exit $$code; \
	  $(dovecot_run) $(bench_dovecot) build/bench/bench/latency --rounds $(BENCH_ROUNDS) --write docs/performance.md; code=$$?; \
	  $(dovecot) stop $(bench_dovecot); exit $$code

# Beside other clients (libetpan, libcurl, VMime, go-imap, Python's imaplib, ImapFlow): installs none of them, names what is missing.
bench-peers:
	@scripts/deps.sh build bench
	@mkdir -p build; cmake --preset bench -DIMAPXX_BENCH_PEERS=ON >build/configure-bench.log
	@cmake --build --preset bench -j $(JOBS)
	@python3 -B bench/peers.py build/bench --rounds $(BENCH_ROUNDS) --scale 10 --write docs/performance.md
	@$(dovecot) start $(bench_dovecot); code=$$?; test $$code != 77 || exit 0; test $$code = 0 || exit $$code; \
	  $(dovecot_run) $(bench_dovecot) python3 -B bench/peers.py --writes build/bench --rounds $(BENCH_ROUNDS) --write docs/performance.md; code=$$?; \
	  $(dovecot) stop $(bench_dovecot); exit $$code

# The small form. Load alone doubles ratios, so it fails only on gross loss: at 40 times a goal.
bench_small = bench/end_to_end --rounds 3 --scale 20 --fail-above 40

bench-small:
	@scripts/deps.sh build bench
	@$(call build,bench,end_to_end)
	@build/bench/$(bench_small)

# The same on the build of the tests, which is there already.
check-bench:
	@$(call build,dev,end_to_end)
	@build/dev/$(bench_small)

fuzz:
	@scripts/deps.sh build test check
	@$(call build,asan,imapxx_fuzzers)
	@scripts/run_fuzz.sh build/asan/fuzz $(FUZZ_SECONDS)

# Lines and branches that the tests reach, and those of the parser that the fuzzers' corpus alone reaches.
coverage:
	@scripts/deps.sh build test check coverage
	@$(call build,coverage)
	@scripts/coverage.sh build/coverage
	@scripts/coverage.sh build/coverage corpus

# The long versions of the threats' tests, then all tests again and again: what fails once in twenty runs is found here. Then
# changes of the core, one at a time, that the tests must notice.
soak:
	@scripts/deps.sh build test servers
	@$(call build,dev)
	@IMAPXX_SOAK=1 ctest --preset dev -L 'threats|asio|faults'
	@IMAPXX_SOAK=1 ctest --preset dev -R '^unit_core$$'
	@IMAPXX_SOAK=1 ctest --preset dev -R cli.download_kill_test
	@ctest --preset dev -LE 'install|style' --repeat until-fail:$(SOAK_ROUNDS)
	@python3 -B scripts/mutants.py --count $(MUTANTS)

docs:
	@scripts/deps.sh docs
	@scripts/make_docs.sh build/docs

# Many idle connections on one thread: memory of each, and the processor's time. And how long users' sources compile.
.PHONY: bench-idle bench-compile
bench-idle:
	@scripts/deps.sh build bench
	@$(call build,bench,idle)
	@build/bench/bench/idle

bench-compile:
	@scripts/deps.sh build
	@python3 -B bench/compile_time.py

install:
	@scripts/deps.sh build
	@$(call build,release)
	@cmake --install build/release --prefix $(PREFIX)

clean:
	@for dir in build/*/servers/*; do test ! -d $$dir || tests/interop/servers/$${dir##*/}.sh stop $$dir; done
	@for link in build/*/servers/*; do test ! -L $$link || rm -rf "$$(readlink $$link)"; done
	@rm -rf build
