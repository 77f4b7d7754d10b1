"""Running a program with fewer rights than root, and never longer than its parent.

PostgreSQL refuses to run as root, yet a container or a test machine is often root. Here a command gets
the words of setpriv (util-linux) that drop root without opening any folder on the way to the program or
its data. It must not know which program that is.
"""

import os
import pwd
import re
import shutil
from pathlib import Path
from typing import NamedTuple

# Numbers of linux/capability.h
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2


class Account(NamedTuple):
    """Whose rights a program gets in place of root's."""

    uid: int
    gid: int


def account_for(data: Path) -> Account | None:
    """The owner of `data`, or nobody while it doesn't exist; None where we aren't root anyway."""
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return Account(data.stat().st_uid, data.stat().st_gid)
    nobody = pwd.getpwnam("nobody")  # a user with a name: PostgreSQL's initdb insists
    return Account(nobody.pw_uid, nobody.pw_gid)


def as_account(account: Account | None, program: Path, last_signal: str) -> list[str]:
    """The first words of a command that runs `program` as `account`; OSError where that can't be.

    When the thread that started it ends, the kernel sends it `last_signal`. Folders above the program and
    its data may be closed to the account. Rather than open them, it keeps the one capability that passes
    through; no_setuid_fixup because access(2), which PostgreSQL asks, otherwise leaves capabilities out.
    """
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise FileNotFoundError("the program setpriv (Debian: util-linux) is needed and isn't there")
    words = [setpriv, f"--pdeathsig={last_signal}"]
    if account is not None:
        words += [f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups"]
        if capability := _passage(program):
            words += ["--securebits=+no_setuid_fixup"]
            words += [f"--inh-caps=-all,+{capability}", f"--ambient-caps=-all,+{capability}"]
    return [*words, "--", str(program)]


def _passage(program: Path) -> str | None:
    """The smallest capability we hold that passes closed folders; a container may hold only the larger."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    found = re.search(r"^CapEff:\s*([0-9a-f]+)$", status, re.MULTILINE)
    held = int(found[1], 16) if found else 0
    open_to_all = program.stat().st_mode & 0o001  # READ_SEARCH reads any file, but doesn't execute it
    if open_to_all and held >> CAP_DAC_READ_SEARCH & 1:
        return "dac_read_search"
    return "dac_override" if held >> CAP_DAC_OVERRIDE & 1 else None
