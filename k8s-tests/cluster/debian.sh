# Packages of Debian, also those of other releases than the machine's; sourced.
# shellcheck shell=bash

# as_root COMMAND...: runs COMMAND as root, through sudo where needed.
as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }

# apt_install PACKAGE...: installs what is missing from the machine's own suites.
apt_install() {
    local package missing=()
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
            missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    step apt-install "installing ${missing[*]}" install_packages "${missing[@]}"
}

install_packages() {
    as_root apt-get update -q
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends "$@"
}

# debian_mirror: the Debian archive that apt on this machine is configured for,
# whatever the format of its sources files.
debian_mirror() {
    local uri
    # shellcheck disable=SC2016 # the fields are apt's and awk's
    uri=$(apt-get indextargets \
        --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' |
        awk '$3 == "main" && $2 !~ /-(updates|security|backports)/ {print $1; exit}')
    [ -n "$uri" ] || die 'apt has no Debian archive configured'
    printf '%s\n' "${uri%/}"
}

# debian_source SUITE: a sources.list line for another suite of that archive.
debian_source() {
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' \
        "$(debian_mirror)" "$1"
}

# apt_unpack SUITE FOLDER PACKAGE...: unpacks packages of another suite into
# FOLDER and installs nothing: apt works in a private state folder, where the
# machine's own package lists stay as they are.
apt_unpack() {
    local suite=$1 folder=$2 root=$CLUSTER_CACHE/apt/$1 package
    shift 2
    mkdir -p "$root"/{lists/partial,cache/archives/partial,debs} "$folder"
    debian_source "$suite" >"$root/sources.list"
    local options=(
        -q
        -o "Dir::Etc::sourcelist=$root/sources.list"
        -o Dir::Etc::sourceparts=/nonexistent
        -o "Dir::State::lists=$root/lists"
        -o "Dir::Cache=$root/cache"
        -o Dir::State::status=/dev/null
        -o APT::Sandbox::User=root
        # A mirror may be a snapshot: signed like any other, but of an older day.
        -o Acquire::Check-Valid-Until=false
    )
    apt-get "${options[@]}" update
    rm -f "$root"/debs/*.deb
    (cd "$root/debs" && apt-get "${options[@]}" download "$@")
    for package in "$root"/debs/*.deb; do dpkg -x "$package" "$folder"; done
    rm -f "$root"/debs/*.deb
}
