# Debian packages that the product and its tests need, and their installation. Sourced by run.sh and test.sh.

packages_run=(
  postgresql xfsprogs util-linux mount e2fsprogs rsync iproute2 nftables iputils-ping iputils-arping
  procps curl ca-certificates socat samba libnss-wrapper
)

packages_test=(
  libiscsi-bin faketime qemu-utils qemu-block-extra sg3-utils fio jq openssl
  chromium fonts-noto-cjk smbclient acl attr tshark strace
)

packages_bench=(libiscsi7 tgt util-linux openssl stunnel4 fio qemu-utils qemu-system-common)

packages_guest=(qemu-system-x86 mmdebstrap e2fsprogs socat jq openssl)

# Installs those of the named packages that are missing; does nothing, and needs no network, when none is.
install_packages() {
  local missing=() package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  [ "$(id -u)" = 0 ] || { echo "Packages are missing (${missing[*]}): run this as root." >&2; return 1; }
  echo "Installing ${missing[*]} …"
  # The distribution's own PostgreSQL cluster is not wanted: the console runs a private one in its data directory.
  mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] \
    || echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
  # Nor are the distribution's own Samba daemons, which would take the port: the engine runs smbd with a configuration of its own.
  local policy=
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    policy=/usr/sbin/policy-rc.d
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  local log
  log=$(mktemp)
  if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"; } \
      >"$log" 2>&1; then
    rm -f $policy
    tail -n 20 "$log" >&2
    rm -f "$log"
    echo "The packages above could not be installed; mend that and start again." >&2
    return 1
  fi
  rm -f $policy "$log"
  case " ${missing[*]} " in
    *" samba "*) if [ -d /run/systemd/system ]; then systemctl disable --quiet smbd nmbd samba-ad-dc 2>/dev/null; fi ;;
  esac
  return 0
}
