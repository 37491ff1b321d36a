#!/bin/sh
# Writes wire.pb.go and wire_grpc.pb.go into the folder given, by default here.
# protoc is Debian's protobuf-compiler; its two generators are tools of go.mod.
set -eu
cd "$(dirname "$0")"
out=${1:-.}
protoc \
	--plugin=protoc-gen-go="$(go tool -n protoc-gen-go)" \
	--plugin=protoc-gen-go-grpc="$(go tool -n protoc-gen-go-grpc)" \
	--go_out="$out" --go_opt=paths=source_relative \
	--go-grpc_out="$out" --go-grpc_opt=paths=source_relative \
	wire.proto
