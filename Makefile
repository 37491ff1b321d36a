# make run        build, and compute the 2D Ising model at its critical point
# make test       all tests (under 10 minutes on 2 cores)
# make test-arm64 the engine's tests on 64-bit ARM, under qemu
# make test-cluster  ranks under mpirun and jobs of Slurm (.ci/setup-cluster installs Open MPI and MPICH, and Slurm)
# make validate   every run file under runs/ at full size, against its [expect]
# make gallery    docs/gallery/README.md, with pictures of the runs that VALIDATE_OUT=DIR make validate has left in DIR: make gallery GALLERY=DIR
# make bench      the benchmarks
# make build      bin/helmholtz only
# make release    dist/helmholtz-VERSION-linux-amd64.tar.gz, a folder to copy to machines where nothing can be installed
# make test-release  that folder, in a root of its own where nothing else is
# make test-setup    building where HDF5, OpenBLAS and LAPACKE are in folders of their own, without .pc files
# make test-watch  the page of helmholtz watch in Chromium (.ci/setup-watch installs it; under 3 minutes)
# make wheel      the Python package, dist/*.whl: pure, and with the command of make release; make test-wheel its test in a fresh environment
# make test-python  its tests, in an environment of their own (downloads JAX; 15 minutes on 2 cores at most)
# make test-python-torch  those of parts in PyTorch, in another one (downloads 3 GB)

GO      ?= go
BIN     := bin/helmholtz
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -w -X github.com/helmholtz-physics/helmholtz/framework/app.Version=$(VERSION)

.PHONY: run test test-cluster test-arm64 test-watch test-python test-python-torch test-release test-setup test-wheel validate gallery bench build release setup check generate python-proto python-reference wheel wheel-pure clean

# The same flag for all builds, so that they share what is compiled.
export GOFLAGS := $(strip -trimpath $(filter-out -trimpath,$(GOFLAGS)))

# Where the libraries are: .ci/pkg-config asks whatever knows. The last two are empty on Debian.
export PKG_CONFIG  ?= $(CURDIR)/.ci/pkg-config
export CGO_CFLAGS  := $(shell .ci/pkg-config --cgo-cflags)
export CGO_LDFLAGS := $(shell .ci/pkg-config --cgo-ldflags)

run: build
	$(BIN) run runs/van/ising-16.toml

build: setup
	$(GO) build -ldflags '$(LDFLAGS)' -o $(BIN) ./framework/cmd/helmholtz

release: setup
	@./.ci/setup-release
	@GO='$(GO)' VERSION='$(VERSION)' LDFLAGS='$(LDFLAGS)' ./.ci/release

test-release: release
	@./.ci/test-release 'dist/helmholtz-$(VERSION)-$(shell $(GO) env GOOS)-$(shell $(GO) env GOARCH).tar.gz'

test-setup: setup
	@GO='$(GO)' ./.ci/test-setup

setup:
	@./.ci/setup

# The engine also without C, the same tests of its kernels' twins, and with the kernels for any
# processor, each in 30 seconds of processor time.
test: build check
	$(GO) test -timeout 20m ./...
	$(GO) test -timeout 20m -tags purego ./framework/engine/...
	HELMHOLTZ_KERNELS=generic $(GO) test -timeout 20m ./framework/engine/tensor ./framework/engine/kernels/... ./framework/engine/equivariant ./framework/engine/nn

# Ranks as processes. Those of the tests start one another, so not two packages at a time.
test-cluster: setup
	HELMHOLTZ_TEST_CLUSTER=1 $(GO) test -p 1 -count 1 -timeout 30m ./framework/ranks/...
	HELMHOLTZ_TEST_SLURM=1 $(GO) test -count 1 -timeout 30m -run TestSlurm ./framework/app
	HELMHOLTZ_TEST_CLUSTER=1 $(GO) test -p 1 -count 1 -timeout 15m -run 'Rank|Kills' ./framework/app

# The page of helmholtz watch, as a browser shows it.
test-watch: build
	@./.ci/setup-watch
	HELMHOLTZ_TEST_WATCH=$(CURDIR)/$(BIN) $(GO) test -count 1 -timeout 10m ./framework/watch/...

# The engine on 64-bit ARM, without C, where qemu runs its programs.
test-arm64:
	@command -v qemu-aarch64 >/dev/null || { echo "qemu-aarch64 is missing: apt-get install qemu-user"; exit 1; }
	CGO_ENABLED=0 GOARCH=arm64 $(GO) test -timeout 60m -exec qemu-aarch64 ./framework/engine/...

# Formatting and vet, before the tests.
check: setup
	@unformatted=$$(gofmt -l framework plugins hamiltonians estimators); \
	if [ -n "$$unformatted" ]; then echo "gofmt would change: $$unformatted"; exit 1; fi
	$(GO) vet ./...

# An environment of Python with what the package's tests need. The compiler of the protocol is
# pinned, so that its output is the same everywhere.
PYTHON  ?= python3
VENV    := .venv-python
PROTOC  := grpcio-tools==1.62.3

$(VENV)/ready: python/pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet pytest setuptools wheel 'jax>=0.4.30' h5py h5netcdf xarray ase openmm 'openmmtools>=0.23' nbclient ipykernel '$(PROTOC)'
	touch $@

PURE    := dist/helmholtz_physics-*-py3-none-any.whl

# What makes wheels alone: of seconds, where the environment of the tests takes minutes.
$(VENV)-wheel/ready:
	$(PYTHON) -m venv $(VENV)-wheel
	$(VENV)-wheel/bin/pip install --quiet build setuptools wheel
	touch $@

wheel-pure: $(VENV)-wheel/ready
	rm -rf python/build dist/helmholtz_physics-*.whl
	$(VENV)-wheel/bin/python -m build --quiet --wheel --outdir dist python

wheel: wheel-pure release
	PYTHON=$(CURDIR)/$(VENV)-wheel/bin/python .ci/wheel $(PURE) 'dist/helmholtz-$(VERSION)-$(shell $(GO) env GOOS)-$(shell $(GO) env GOARCH).tar.gz'
	@ls dist/helmholtz_physics-*.whl

test-wheel: wheel
	PYTHON=$(PYTHON) .ci/test-wheel dist/helmholtz_physics-*-manylinux*.whl

test-python: build wheel-pure $(VENV)/ready
	$(VENV)/bin/pip install --quiet --force-reinstall --no-deps $(PURE)
	HELMHOLTZ=$(CURDIR)/$(BIN) $(VENV)/bin/python -m pytest -q --durations=5 python/tests

$(VENV)-torch/ready: python/pyproject.toml
	$(PYTHON) -m venv $(VENV)-torch
	$(VENV)-torch/bin/pip install --quiet pytest h5py h5netcdf xarray 'torch>=2'
	touch $@

test-python-torch: build wheel-pure $(VENV)-torch/ready
	$(VENV)-torch/bin/pip install --quiet --force-reinstall $(PURE)
	HELMHOLTZ=$(CURDIR)/$(BIN) $(VENV)-torch/bin/python -m pytest -q --durations=5 python/tests/test_torch.py

# Rewrites the protocol's Python code.
python-proto: $(VENV)/ready
	cd python && ../$(VENV)/bin/python -m grpc_tools.protoc -Ihelmholtz/wire.proto=../framework/internal/wire/wirepb/wire.proto --python_out=src helmholtz/wire.proto

# Rewrites the reference of the Python package.
python-reference: $(VENV)/ready
	$(VENV)/bin/pip install --quiet numpy grpcio protobuf
	$(VENV)/bin/python python/reference.py > docs/python-reference.md

# With the engines of the Python package where make test-python has installed it; without, their files are left out.
validate: build
	HELMHOLTZ_PLUGIN_PATH="$${HELMHOLTZ_PLUGIN_PATH:-$(CURDIR)/$(VENV)/bin}" ./.ci/validate $(BIN) runs

gallery: build
	$(PYTHON) .ci/gallery $(BIN) $(GALLERY)

bench: setup
	$(GO) test -run '^$$' -bench . -benchtime 5x -timeout 60m ./framework/engine/... ./framework/optim ./estimators ./plugins/... ./framework/host ./framework/app ./hamiltonians/...

# Rewrites the files made from others: the wire protocol's Go code and the
# run-file reference.
generate: build
	$(GO) generate ./...
	$(BIN) reference > docs/run-file.md

clean:
	rm -rf bin
