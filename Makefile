# musicintel: everything a developer types. `make help` lists the targets.
#
# PGXS builds and installs the extension, for the server that PG_CONFIG names. The rest (help, lint, check-unit, and
# demo and test, which install what the machine lacks) works where there is no server, and so must this file: it may
# be read on a machine that has make and nothing else.

EXTENSION = musicintel
EXTENSION_VERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" musicintel.control)

.DEFAULT_GOAL = all
.DELETE_ON_ERROR:
.PHONY: FORCE help demo test check-unit fuzz prove tap lint format bench docs dist
SHELL = /bin/bash


## ---- The extension ------------------------------------------------------------------------------------------------

CORE_SOURCES := $(sort $(wildcard src/core/*/*.c))
GLUE_SOURCES := $(sort $(wildcard src/pg/*.c))
SQL_SOURCES := $(sort $(wildcard sql/[0-9][0-9]_*.sql))
SCRIPT = sql/$(EXTENSION)--$(EXTENSION_VERSION).sql

MODULE_big = $(EXTENSION)
OBJS = $(CORE_SOURCES:.c=.o) $(GLUE_SOURCES:.c=.o)
DATA = $(wildcard sql/$(EXTENSION)--*--*.sql)
DATA_built = $(SCRIPT)
EXTRA_CLEAN = build $(OBJS:.o=.d)

# `make WERROR=` is for compilers newer than this code.
WERROR = -Werror
WARNINGS = -Wall -Wextra $(WERROR)
# The core's arithmetic is exact to the last bit on purpose: no fused multiply-add that the source does not write.
# errno and the processor's exception flags are nobody's business there, which lets sqrt() and choices be vectorised.
CORE_CFLAGS = -std=c11 -pedantic -Wshadow -ffp-contract=off -fno-math-errno -fno-trapping-math
CORE_OPTIMIZE = -O3
GSL_CFLAGS := $(shell gsl-config --cflags 2>/dev/null)
GSL_LIBS := $(shell gsl-config --libs 2>/dev/null || echo -lgsl -lgslcblas -lm)

# -isystem keeps our warnings out of the server's headers. -MMD -MP write the .d files: a changed header rebuilds.
PG_CPPFLAGS = -isystem $(shell $(PG_CONFIG) --includedir-server) -Isrc $(GSL_CFLAGS) -MMD -MP
# PostgreSQL wants declarations first; this code declares where it first needs the name. Callbacks ignore arguments.
PG_CFLAGS = -std=gnu11 $(WARNINGS) -Wno-declaration-after-statement -Wno-unused-parameter
# Our own symbols win over those of other libraries in the server.
SHLIB_LINK = -Wl,-Bsymbolic $(GSL_LIBS) -lsndfile
# Bitcode serves the JIT's inlining, which gains nothing for functions that loop over matrices, and needs clang.
ifneq ($(origin with_llvm),command line)
override with_llvm = no
endif

PG_CONFIG ?= pg_config
export PG_CONFIG
PGXS := $(wildcard $(shell $(PG_CONFIG) --pgxs 2>/dev/null))

# pg_regress: test/sql/*.sql against expected/*.out. PostgreSQL 15 looks for expected/ in its output directory first.
REGRESS = $(basename $(notdir $(sort $(wildcard test/sql/*.sql))))
REGRESS_OPTS = --inputdir=test --outputdir=build/regress
ISOLATION = $(basename $(notdir $(sort $(wildcard test/isolation/specs/*.spec))))
ISOLATION_OPTS = --inputdir=test/isolation --outputdir=build/isolation --load-extension=$(EXTENSION) \
	$(if $(filter-out 15,$(MAJORVERSION)),--expecteddir=test/isolation)
REGRESS_PREP = build/regress

all:           ## build the extension
install:       ## install it into the server that PG_CONFIG names (DESTDIR is honoured)
installcheck:  ## pg_regress and isolation tests against the running server that PGHOST, PGPORT name
clean:         ## remove what was built

ifneq ($(PGXS),)
include $(PGXS)
-include $(OBJS:.o=.d)

$(CORE_SOURCES:.c=.o): private override CFLAGS += $(CORE_CFLAGS) $(CORE_OPTIMIZE) -fvisibility=hidden
$(OBJS): build/compiler

# Rewritten only when the server or the flags change, so that objects made for another server are not linked.
build/compiler: FORCE
	@mkdir -p $(@D)
	@echo '$(VERSION) $(CC) $(CFLAGS) $(CORE_CFLAGS) $(CORE_OPTIMIZE) $(CPPFLAGS)' | cmp -s - $@ || \
		echo '$(VERSION) $(CC) $(CFLAGS) $(CORE_CFLAGS) $(CORE_OPTIMIZE) $(CPPFLAGS)' > $@
else
all install installcheck:
	@echo "$(PG_CONFIG) finds no PostgreSQL to build for: run scripts/install_packages build, or set PG_CONFIG" >&2
	@exit 1
clean:
	rm -rf $(EXTRA_CLEAN) $(OBJS) $(SCRIPT) $(EXTENSION).so
endif

$(SCRIPT): $(SQL_SOURCES) build/sql_sources
	cat $(SQL_SOURCES) > $@

# Rewritten only when a file is added or taken away.
build/sql_sources: FORCE
	@mkdir -p $(@D)
	@echo '$(SQL_SOURCES)' | cmp -s - $@ || echo '$(SQL_SOURCES)' > $@

build/regress: FORCE
	@mkdir -p $@ build/isolation && ln -sfn ../../expected $@/expected


## ---- Unit tests: the core without a server, under the address and undefined behaviour sanitizers --------------------

UNIT_CC = gcc
UNIT_CFLAGS = $(CORE_CFLAGS) $(WARNINGS) -D_DEFAULT_SOURCE -g -O1 -fno-omit-frame-pointer -Isrc $(GSL_CFLAGS) -MMD -MP \
	-fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all
UNIT_CORE = $(CORE_SOURCES:src/core/%.c=build/unit/core/%.o)
UNIT_TESTS = $(patsubst test/unit/%.c,build/unit/%,$(sort $(wildcard test/unit/*_test.c)))

check-unit: $(UNIT_TESTS)  ## unit tests of src/core; needs no PostgreSQL
	@scripts/check_unit $(UNIT_TESTS)

$(UNIT_CORE): build/unit/core/%.o: src/core/%.c Makefile
	@mkdir -p $(@D)
	$(UNIT_CC) $(UNIT_CFLAGS) -c -o $@ $<

$(UNIT_TESTS): build/unit/%: test/unit/%.c $(UNIT_CORE) Makefile
	$(UNIT_CC) $(UNIT_CFLAGS) -o $@ $< $(UNIT_CORE) $(GSL_LIBS) -lpthread

-include $(UNIT_CORE:.o=.d) $(UNIT_TESTS:=.d)


## ---- Fuzzing: the readers of outside bytes under libFuzzer, beginning with sound models -----------------------------

FUZZ_CC = clang
FUZZ_SECONDS = 60
FUZZ_CFLAGS = $(CORE_CFLAGS) -D_DEFAULT_SOURCE -g -O1 -fno-omit-frame-pointer -Isrc -Itest $(GSL_CFLAGS) \
	-fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all
FUZZ_TARGETS = $(patsubst test/fuzz/%.c,build/fuzz/%,$(sort $(wildcard test/fuzz/*_fuzz.c)))

fuzz:  ## fuzz models and aggregate states, FUZZ_SECONDS (60) each; findings are in build/fuzz
	+@scripts/install_packages build fuzz
	+@$(MAKE) --no-print-directory build/fuzz/write_seeds $(FUZZ_TARGETS)
	@mkdir -p build/fuzz/seeds && build/fuzz/write_seeds build/fuzz/seeds
	@set -e; for target in $(FUZZ_TARGETS); do \
		mkdir -p $$target.corpus; \
		$$target -max_total_time=$(FUZZ_SECONDS) -timeout=10 -max_len=16384 -artifact_prefix=$$target. \
			$$target.corpus build/fuzz/seeds test/fixtures; \
	done

$(FUZZ_TARGETS): private FUZZ_CFLAGS += -fsanitize=fuzzer
build/fuzz/%: test/fuzz/%.c $(CORE_SOURCES) $(wildcard src/core/*/*.h test/fuzz/*.h test/unit/*.h) Makefile
	@mkdir -p $(@D)
	$(FUZZ_CC) $(FUZZ_CFLAGS) -o $@ $< $(CORE_SOURCES) $(GSL_LIBS)


## ---- Commands -----------------------------------------------------------------------------------------------------

help:  ## this list
	@awk -F ':.*  ## ' '/^[a-z-]+:.*  ## / { printf "%-14s %s\n", $$1, $$2 }' Makefile

demo:  ## install what is missing, build, and show the main job in a private cluster (KEEP=1 leaves it running)
	+@scripts/install_packages build
	+@scripts/private_cluster run $(if $(KEEP),--keep) -- demo/run

test:  ## install what is missing, build, and run every test in a private cluster
	+@scripts/install_packages build test
	+@scripts/test

prove:  ## the pgTAP files of test/sql under pg_prove, in a database of their own
	@scripts/prove

tap:  ## the TAP tests of test/t (crash, dump, upgrade, standby), in a private cluster
	+@scripts/private_cluster run -- scripts/tap

lint:  ## format, static analysis, and the rules in scripts/lint
	@scripts/install_packages lint
	@scripts/lint/run

format:  ## run clang-format over the C files
	@scripts/lint/format --fix

bench:  ## musicintel beside its peers, in a private cluster: one table
	+@scripts/install_packages build bench
	+@scripts/private_cluster run -- bench/run

docs:  ## write docs/sql_reference.md from the COMMENTs of an installed extension
	+@scripts/private_cluster run -- scripts/sql_reference docs/sql_reference.md

dist:  ## build/musicintel-<version>.zip of the committed tree, as PGXN wants it
	@mkdir -p build
	git archive --format=zip --prefix=$(EXTENSION)-$(EXTENSION_VERSION)/ \
		--output=build/$(EXTENSION)-$(EXTENSION_VERSION).zip HEAD
