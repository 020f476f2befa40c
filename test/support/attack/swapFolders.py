"""Swaps two names in a folder in one step, again and again: python3 swapFolders.py FOLDER NAME OTHER."""
import ctypes
import os
import sys

folder, name, other = sys.argv[1:]
AT_FDCWD = -100
RENAME_EXCHANGE = 2
libc = ctypes.CDLL(None, use_errno=True)
one = os.fsencode(os.path.join(folder, name))
two = os.fsencode(os.path.join(folder, other))
print("ready", flush=True)
while os.getppid() != 1:
    if libc.renameat2(AT_FDCWD, one, AT_FDCWD, two, RENAME_EXCHANGE) != 0:
        sys.exit(os.strerror(ctypes.get_errno()))
