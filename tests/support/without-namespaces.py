"""Runs a program as an ordinary user whose user namespace allows no further ones, as
`sysctl user.max_user_namespaces=0` does for a whole host. Root starts it.
"""
import ctypes
import os
import sys

libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWUSER = 0x10000000
ready, mapped = os.pipe(), os.pipe()
child = os.fork()
if child == 0:
    if libc.unshare(CLONE_NEWUSER) != 0:
        sys.exit('no user namespace for the test itself')
    os.write(ready[1], b'x')
    os.read(mapped[0], 1)
    with open('/proc/sys/user/max_user_namespaces', 'w') as switch:
        switch.write('0')
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    os.environ['HOME'] = '/tmp'
    os.execvp(sys.argv[1], sys.argv[1:])
os.read(ready[0], 1)
for file in ('uid_map', 'gid_map'):
    with open(f'/proc/{child}/{file}', 'w') as table:
        table.write('0 0 4000000')
os.write(mapped[1], b'x')
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status))
