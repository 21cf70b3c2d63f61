# A Go compiler for what no package carries; sourced where one is needed.
#
# go.mod names the Go that it takes. A Go of 1.21 or newer fetches that one itself,
# as a module (GOTOOLCHAIN=auto); where there is none, Debian trixie's is unpacked.
# shellcheck shell=bash disable=SC2154 # the settings are those of kit.sh
. "$HERE/debian.sh"

GO_PACKAGE=golang-1.24
export GOTOOLCHAIN=auto GOFLAGS=-mod=readonly CGO_ENABLED=0

# has_go: whether there is a Go that can fetch others.
has_go() {
    local minor
    minor=$(go env GOVERSION 2>/dev/null | sed -nE 's/^go1\.([0-9]+).*/\1/p')
    [ "${minor:-0}" -ge 21 ]
}

# provide_go: puts such a Go on PATH.
provide_go() {
    local folder=$CLUSTER_CACHE/go root
    if has_go; then return; fi
    root=$folder/usr/lib/go-${GO_PACKAGE#golang-}
    [ -x "$root/bin/go" ] || apt_unpack trixie "$folder" "$GO_PACKAGE-go" "$GO_PACKAGE-src"
    # The package links to where its sources would be installed.
    ln -sfn "$folder/usr/share/go-${GO_PACKAGE#golang-}/src" "$root/src"
    export PATH="$root/bin:$PATH" GOROOT="$root"
    has_go
}
