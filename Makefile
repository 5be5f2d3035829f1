# AsffEdge. `make help` lists what can be made; every target can be run on a fresh clone.

AGENT := src/AsffEdge.Agent
FLEET := src/AsffEdge.Fleet
TRAINER := trainer/AsffEdge.Trainer
BENCHMARKS := tests/AsffEdge.Benchmarks
TRAIN := $(TRAINER)/bin/Release/net10.0/asff-train
DOTNET_RUN := dotnet run -c Release --project

# cpu (default) or cuda: which ONNX Runtime and libtorch packages are built against.
ACCELERATOR ?=
ACCELERATOR_OPTION := $(if $(ACCELERATOR),-p:Accelerator=$(ACCELERATOR))

MINUTES ?= 10
SOAK_MINUTES := $(if $(HOURS),$(shell echo $$(($(HOURS) * 60))),$(MINUTES))

.DEFAULT_GOAL := help
.PHONY: help setup setup-run setup-test build run test check format benchmark benchmark-fleet soak train-demo retrain-demo publish deb clean

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: setup-test ## Install what running and testing need (system packages, the demo's clip); says what it installs.

setup-run:
	@scripts/setup.sh run

setup-test:
	@scripts/setup.sh test

build: ## Build everything in Release (ACCELERATOR=cuda builds against the GPU packages).
	dotnet build AsffEdge.sln -c Release -v quiet -nodeReuse:false $(ACCELERATOR_OPTION)

run: setup-run ## Show people being detected in the demo's clip, live (FRAMES=60 ends after 60 frames).
	@$(DOTNET_RUN) $(AGENT) -- demo $(if $(FRAMES),--frames $(FRAMES))

test: setup-test ## Run all tests and end with one line of totals (FAST=1 leaves out the slow and the system tests).
	@FAST=$(FAST) scripts/test.sh

check: ## Check the format, and build with the analyzers on and warnings as errors.
	dotnet tool restore
	dotnet csharpier check .
	dotnet build AsffEdge.sln -c Release -v quiet -nodeReuse:false $(ACCELERATOR_OPTION)

format: ## Format all files.
	dotnet tool restore
	dotnet csharpier format .

benchmark: setup-run ## Measure the parts (BenchmarkDotNet) and the whole pipeline (asff-edge benchmark).
	$(DOTNET_RUN) $(BENCHMARKS) -- --filter '*'
	$(DOTNET_RUN) $(AGENT) -- benchmark
	$(DOTNET_RUN) $(AGENT) -- benchmark --threads $$(($$(nproc) - 1))
	$(DOTNET_RUN) $(AGENT) -- benchmark switches
	$(DOTNET_RUN) $(AGENT) -- benchmark models
	$(DOTNET_RUN) $(AGENT) -- benchmark shadow

benchmark-fleet: setup-test ## Measure how a fleet grows: 100, 300 and 1,000 simulated agents over one Mosquitto (AGENTS="50 200": other numbers).
	@scripts/benchmark-fleet.sh $(AGENTS)

soak: setup-test ## Let an agent run through camera, broker, disk and profile faults; fails when it leaks (MINUTES=10; HOURS=8: a night).
	@ASFF_SOAK_MINUTES=$(SOAK_MINUTES) scripts/live-test.sh SoakTests artifacts/soak.log

train-demo: setup-run ## Train and evaluate the demo model, or go on with it: make train-demo LABELS=path/to/detections.txt.
	@test -f "$(LABELS)" || { echo "LABELS='$(LABELS)' is no file; it names the clip's labels, a MOT table (frame, -1, left, top, width, height, score, ...)" >&2; exit 2; }
	dotnet build $(TRAINER) -c Release -v quiet -nodeReuse:false $(ACCELERATOR_OPTION)
	$(TRAIN) import-table --detections "$(LABELS)" --video .data/vtest.avi --from 1 --to 595 --out .data/pedestrian-train.json
	$(TRAIN) import-table --detections "$(LABELS)" --video .data/vtest.avi --from 596 --to 795 --out .data/pedestrian-validation.json
	$(TRAIN) train --config config/training/pedestrian.yaml --out runs/pedestrian $(if $(wildcard runs/pedestrian/resume),--resume)
	$(TRAIN) export runs/pedestrian/checkpoint.safetensors --out runs/pedestrian/pedestrian.onnx
	$(TRAIN) evaluate runs/pedestrian/pedestrian.onnx --data .data/pedestrian-validation.json --images .data/vtest.avi --sizes 320 416 512 608

retrain-demo: setup-test ## Show the way from collected footage to a better model on a device, in runs/retrain-demo (LABELS=path/to/detections.txt: a person's labels).
	@test -z "$(LABELS)" || test -f "$(LABELS)" || { echo "LABELS='$(LABELS)' is no file; it names the clip's labels, a MOT table (frame, -1, left, top, width, height, score, ...)" >&2; exit 2; }
	@rm -rf runs/retrain-demo
	@ASFF_RETRAIN_DEMO=runs/retrain-demo $(if $(LABELS),ASFF_CLIP_LABELS="$(abspath $(LABELS))") scripts/live-test.sh RetrainingTests runs/retrain-demo/test.log

publish: ## Make artifacts/asff-edge (the agent with its configuration and model) and artifacts/asff-fleet for linux-x64; the one needs the ASP.NET Core runtime, the other the .NET runtime.
	rm -rf artifacts/asff-edge artifacts/asff-fleet
	dotnet publish $(AGENT) -c Release -r linux-x64 --self-contained false -o artifacts/asff-edge $(ACCELERATOR_OPTION)
	mkdir artifacts/asff-edge/config
	cp -r config/agent.yaml config/mosquitto artifacts/asff-edge/config/
	cp -r models LICENSE artifacts/asff-edge/
	dotnet publish $(FLEET) -c Release -r linux-x64 --self-contained false -o artifacts/asff-fleet
	cp LICENSE artifacts/asff-fleet/

deb: ## Make artifacts/asff-edge_VERSION_amd64.deb: the service for Debian and Ubuntu, with the .NET runtime inside.
	@ACCELERATOR_OPTION=$(ACCELERATOR_OPTION) scripts/deb.sh

clean: ## Remove everything that was built (not the demo's clip in .data).
	rm -rf artifacts BenchmarkDotNet.Artifacts
	find src trainer tests -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
