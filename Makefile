# A thin front for scripts/, where the work is done.
.DEFAULT_GOAL := help
.PHONY: help setup build run test test-e2e test-faults check-deploy bench quality fuzz lint clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Make this machine ready: toolchain, C compiler, Redis, interfaces
	@scripts/setup.sh

build: setup ## Build the components, the plugins and the host
	@scripts/build.sh

run: ## Run it all on 127.0.0.1:3000 (LISTEN, REDIS_URL, RUNTIME=spin)
	@scripts/run.sh

test: ## Run every test
	@scripts/test.sh

test-e2e: ## Run the end-to-end tests (LAYOUT=split; RUNTIME=spin SPIN=/path/to/spin for the real Spin)
	@scripts/test.sh -E 'package(tonearm-e2e)'

test-faults: ## Kill it a few hundred times and prove that nothing is lost (SEED, UPLOADS, KILLS)
	@scripts/test.sh -E 'binary(faults)' --run-ignored only --no-capture

fuzz: ## Feed the parsers damaged files for SECONDS each (60), or only TARGET
	@SECONDS_EACH=$(or $(SECONDS),60) TARGET=$(TARGET) scripts/fuzz.sh

check-deploy: ## Check the manifests in deploy/ without a cluster (OVERLAY=folder for one of yours)
	@scripts/check-deploy.sh $(OVERLAY)

bench: ## What a conversion costs beside ffmpeg, as ratios (BENCH_MUSIC, BENCH_SPEECH)
	@scripts/bench.sh

quality: ## Score the encoders on music by ViSQOL and Zimtohrli (CLIPS=…)
	@scripts/quality/quality.sh

lint: ## Check formatting and run clippy
	@scripts/lint.sh

clean: ## Delete what was built (state in .tonearm/ and the toolchain stay)
	@cargo clean
