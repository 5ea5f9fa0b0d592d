# A thin front for scripts/, where the work is done.
.DEFAULT_GOAL := help
.PHONY: help setup build run check test nightly test-e2e test-split test-faults test-large \
	conformance fuzz check-deploy bench quality fmt clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Prepare this machine: toolchain, C compiler, Redis, interfaces
	@scripts/setup.sh

build: setup ## Build the components, the plugins and the host
	@scripts/build.sh

run: ## Run Tonearm on 127.0.0.1:3000 (LISTEN, REDIS_URL, RUNTIME=spin)
	@scripts/run.sh

check: ## Check format, lints, docs, spelling, licences and dependencies
	@scripts/check.sh

test: ## Run every test that a change must pass
	@scripts/test.sh

nightly: ## Run what `make test` leaves out: split layout, long faults, large files, fuzzing
	@scripts/nightly.sh

test-e2e: ## Run the end-to-end tests (LAYOUT=split; RUNTIME=spin SPIN=/path/to/spin)
	@scripts/test.sh -E 'package(tonearm-e2e)'

test-split: ## Run the end-to-end tests with a process per service
	@LAYOUT=split scripts/test.sh -E 'binary(e2e)'

test-faults: ## Kill processes a few hundred times and prove that no job is lost (SEED, UPLOADS, KILLS)
	@scripts/test.sh -E 'binary(faults)' --run-ignored only --no-capture

test-large: ## Convert a gigabyte and measure memory
	@scripts/test.sh -E 'binary(e2e) & test(/^large::/)' --run-ignored only --no-capture

conformance: ## Run the conformance suite on the host, or on SPIN=/path/to/spin
	@scripts/conformance.sh

fuzz: ## Fuzz each parser for SECONDS (60), or only TARGET
	@SECONDS_EACH=$(or $(SECONDS),60) TARGET=$(TARGET) scripts/fuzz.sh

check-deploy: ## Check the manifests in deploy/ without a cluster (OVERLAY=folder for your own)
	@scripts/check-deploy.sh $(OVERLAY)

bench: ## Compare the cost of conversions with ffmpeg (BENCH_MUSIC, BENCH_SPEECH)
	@scripts/bench.sh

quality: ## Score the encoders on music with ViSQOL and Zimtohrli (CLIPS)
	@scripts/quality/quality.sh

fmt: ## Format all Rust code
	@cargo fmt --all && cargo fmt --manifest-path fuzz/Cargo.toml

clean: ## Delete what was built (.tonearm/ and the toolchain stay)
	@cargo clean
